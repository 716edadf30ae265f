// One scenario of Go's client_golang (argument: scenario). Prints the nanoseconds of a call, as JSON.
package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"sort"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

const (
	batches    = 101
	batch      = 2 * time.Millisecond
	counters   = 50_000
	histograms = 5_000
)

var labelNames = []string{"route", "code"}

func main() {
	scenario := os.Args[1]
	nanoseconds, ok := map[string]func() float64{
		"inc":     inc,
		"labels":  labels,
		"observe": observe,
		"series":  series,
		"scrape":  scrape,
	}[scenario]
	if !ok {
		fmt.Fprintln(os.Stderr, "error: no scenario", scenario)
		os.Exit(1)
	}
	fmt.Printf("{\"nanoseconds\":%f}\n", nanoseconds())
}

func inc() float64 {
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "measured_total"})
	return calls(func(times int) {
		for range times {
			counter.Inc()
		}
	})
}

func labels() float64 {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "measured_total"}, labelNames)
	routes, codes := make([]string, 16), make([]string, 16)
	for index := range routes {
		routes[index], codes[index] = fmt.Sprint("route-", index), fmt.Sprint("code-", index)
	}
	return calls(func(times int) {
		for index := range times {
			counter.WithLabelValues(routes[index&15], codes[(index*5+index>>4)&15]).Inc()
		}
	})
}

func observe() float64 {
	histogram := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "measured_seconds"})
	values := make([]float64, 1024)
	for index := range values {
		values[index] = 0.002 * math.Pow(6000, float64(index*389%1024)/1024)
	}
	return calls(func(times int) {
		for index := range times {
			histogram.Observe(values[index&1023])
		}
	})
}

func series() float64 {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "measured_total"}, labelNames)
	next := 0
	const each = 500
	return median(batches, func() {
		for range each {
			route, code := labelsOf(next)
			counter.WithLabelValues(route, code).Inc()
			next++
		}
	}) / each
}

func scrape() float64 {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "things_total"}, labelNames)
	histogram := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "things_seconds"}, labelNames)
	registry.MustRegister(counter, histogram)
	for index := range counters {
		route, code := labelsOf(index)
		counter.WithLabelValues(route, code).Add(float64(index * 7 % 1000))
		if index < histograms {
			histogram.WithLabelValues(route, code).Observe(float64(index*13%97) / 10)
		}
	}
	var text bytes.Buffer
	return median(15, func() {
		text.Reset()
		families, err := registry.Gather()
		if err != nil {
			panic(err)
		}
		for _, family := range families {
			if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
				panic(err)
			}
		}
	})
}

func labelsOf(index int) (string, string) {
	return fmt.Sprintf("/api/v1/things/%d", index/4), []string{"200", "301", "404", "500"}[index%4]
}

// The median over batches, in nanoseconds for each call.
func calls(run func(times int)) float64 {
	times := 100
	for {
		start := time.Now()
		run(times)
		if time.Since(start) > batch {
			break
		}
		times *= 2
	}
	return median(batches, func() { run(times) }) / float64(times)
}

func median(rounds int, run func()) float64 {
	all := make([]float64, rounds)
	for index := range all {
		start := time.Now()
		run()
		all[index] = float64(time.Since(start).Nanoseconds())
	}
	sort.Float64s(all)
	return all[rounds/2]
}
