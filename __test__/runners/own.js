// The body of several test files: all declare the same metrics. The imports of the runner come before it.
/* global Counter, Histogram, MpmetricsError, RUNNER, expect, open, register, test */
const requests = new Counter({ name: 'requests_total', help: 'Requests' });
const seconds = new Histogram({ name: 'seconds', help: 'Seconds', buckets: [1] });

test('sees its own metrics only', async () => {
  requests.inc();
  seconds.observe(0.5);
  const text = await register.metrics();
  expect(text).toContain('\nrequests_total 1\n');
  expect(text).toContain('\nseconds_count 1\n');
  const heap = open();
  const why = expect.stringContaining(RUNNER);
  expect(heap.info()).toMatchObject({ shared: false, name: null, why });
  expect(heap.info().writers.length).toBe(1);
  heap.close();
});

test('throws errors of this realm', () => {
  const again = { name: 'requests_total', help: 'Again' };
  expect(() => new Counter(again)).toThrow(/already been registered/);
  try {
    open({ name: 'nobody-has-made-this', mode: 'read' });
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(MpmetricsError);
    expect(error.code).toBe('MPMETRICS_NO_SUCH_HEAP');
  }
  expect.assertions(4);
});
