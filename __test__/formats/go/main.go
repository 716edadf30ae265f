// Reads pages of metrics with Prometheus' own expfmt and client_model, and prints the families.
//
// In: for each page a line with its format (protobuf or text) and its length in bytes, and then the page.
// Out: for each page a line of JSON: {"families": [...]}, or {"error": ...} if the reader refuses the page. Numbers are texts,
// because JSON has no infinities.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type family struct {
	Name   string   `json:"name"`
	Help   string   `json:"help"`
	Type   string   `json:"type"`
	Unit   string   `json:"unit"`
	Series []series `json:"series"`
}

type series struct {
	Labels    map[string]string `json:"labels"`
	Value     string            `json:"value,omitempty"`
	Start     string            `json:"start,omitempty"`
	Count     string            `json:"count,omitempty"`
	Sum       string            `json:"sum,omitempty"`
	Buckets   [][2]string       `json:"buckets,omitempty"`
	Quantiles [][2]string       `json:"quantiles,omitempty"`
	Exemplars []exemplar        `json:"exemplars,omitempty"`
	Native    *native           `json:"native,omitempty"`
}

type exemplar struct {
	Bucket string            `json:"bucket"`
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
	Time   string            `json:"time,omitempty"`
}

type native struct {
	Schema        int32      `json:"schema"`
	ZeroThreshold string     `json:"zeroThreshold"`
	ZeroCount     uint64     `json:"zeroCount"`
	Positive      [][2]int64 `json:"positive"`
	Negative      [][2]int64 `json:"negative"`
	Exemplars     []exemplar `json:"exemplars,omitempty"`
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

func labels(pairs []*dto.LabelPair) map[string]string {
	found := map[string]string{}
	for _, pair := range pairs {
		found[pair.GetName()] = pair.GetValue()
	}
	return found
}

func seconds(time *timestamppb.Timestamp) string {
	if time == nil {
		return ""
	}
	return number(float64(time.Seconds) + float64(time.Nanos)/1e9)
}

func example(found *dto.Exemplar, bucket string) []exemplar {
	if found == nil {
		return nil
	}
	return []exemplar{{bucket, labels(found.Label), number(found.GetValue()), seconds(found.Timestamp)}}
}

// The sparse buckets by their indexes, from spans and deltas.
func sparse(spans []*dto.BucketSpan, deltas []int64) ([][2]int64, error) {
	found := [][2]int64{}
	index, count := int64(0), int64(0)
	for _, span := range spans {
		index += int64(span.GetOffset())
		for range span.GetLength() {
			if len(found) == len(deltas) {
				return nil, fmt.Errorf("more buckets in spans than deltas (%d)", len(deltas))
			}
			count += deltas[len(found)]
			found = append(found, [2]int64{index, count})
			index++
		}
	}
	if len(found) != len(deltas) {
		return nil, fmt.Errorf("%d deltas for %d buckets", len(deltas), len(found))
	}
	return found, nil
}

func readNative(from *dto.Histogram) (*native, error) {
	if from.Schema == nil {
		return nil, nil
	}
	if len(from.PositiveSpan)+len(from.NegativeSpan) == 0 {
		return nil, fmt.Errorf("a native histogram without a span")
	}
	positive, err := sparse(from.PositiveSpan, from.PositiveDelta)
	if err != nil {
		return nil, err
	}
	negative, err := sparse(from.NegativeSpan, from.NegativeDelta)
	if err != nil {
		return nil, err
	}
	found := &native{from.GetSchema(), number(from.GetZeroThreshold()), from.GetZeroCount(), positive, negative, nil}
	for _, one := range from.Exemplars {
		found.Exemplars = append(found.Exemplars, example(one, "")...)
	}
	return found, nil
}

func readSeries(from *dto.Metric) (series, error) {
	found := series{Labels: labels(from.Label)}
	switch {
	case from.Counter != nil:
		found.Value = number(from.Counter.GetValue())
		found.Start = seconds(from.Counter.CreatedTimestamp)
		found.Exemplars = example(from.Counter.Exemplar, "")
	case from.Gauge != nil:
		found.Value = number(from.Gauge.GetValue())
	case from.Untyped != nil:
		found.Value = number(from.Untyped.GetValue())
	case from.Summary != nil:
		found.Count = number(float64(from.Summary.GetSampleCount()))
		found.Sum = number(from.Summary.GetSampleSum())
		found.Start = seconds(from.Summary.CreatedTimestamp)
		for _, one := range from.Summary.Quantile {
			found.Quantiles = append(found.Quantiles, [2]string{number(one.GetQuantile()), number(one.GetValue())})
		}
	case from.Histogram != nil:
		found.Count = number(float64(from.Histogram.GetSampleCount()))
		found.Sum = number(from.Histogram.GetSampleSum())
		found.Start = seconds(from.Histogram.CreatedTimestamp)
		for _, one := range from.Histogram.Bucket {
			bound := number(one.GetUpperBound())
			found.Buckets = append(found.Buckets, [2]string{bound, number(float64(one.GetCumulativeCount()))})
			found.Exemplars = append(found.Exemplars, example(one.Exemplar, bound)...)
		}
		native, err := readNative(from.Histogram)
		if err != nil {
			return found, err
		}
		found.Native = native
	}
	return found, nil
}

func read(format string, page []byte) ([]family, error) {
	// Names in UTF-8 are valid only in a format that does not escape them.
	kind := map[string]expfmt.Format{
		"protobuf": expfmt.NewFormat(expfmt.TypeProtoDelim),
		"text":     expfmt.NewFormat(expfmt.TypeTextPlain),
	}[format].WithEscapingScheme(model.NoEscaping)
	decoder := expfmt.NewDecoder(bytes.NewReader(page), kind)
	families := []family{}
	for {
		var from dto.MetricFamily
		if err := decoder.Decode(&from); err == io.EOF {
			return families, nil
		} else if err != nil {
			return nil, err
		}
		found := family{from.GetName(), from.GetHelp(), from.GetType().String(), from.GetUnit(), []series{}}
		for _, metric := range from.Metric {
			one, err := readSeries(metric)
			if err != nil {
				return nil, err
			}
			found.Series = append(found.Series, one)
		}
		families = append(families, found)
	}
}

func main() {
	input := bufio.NewReader(os.Stdin)
	for {
		var format string
		var length int
		if _, err := fmt.Fscanf(input, "%s %d\n", &format, &length); err != nil {
			return
		}
		page := make([]byte, length)
		if _, err := io.ReadFull(input, page); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		answer := map[string]any{}
		families, err := read(format, page)
		if err == nil {
			answer["families"] = families
		} else {
			answer["error"] = err.Error()
		}
		if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
			os.Exit(1)
		}
	}
}
