// Asks a service of this process for some paths, then for its metrics, and prints what it says.
exports.askAll = async function askAll(port, metrics = '/metrics') {
  const url = `http://127.0.0.1:${port}`;
  for (const path of ['/users/1', '/users/2', '/api/v1/items/7', '/fails', '/nothing']) {
    await (await fetch(url + path)).text();
  }
  const plain = await fetch(url + metrics, { headers: { 'accept-encoding': 'identity' } });
  const zipped = await fetch(`${url}${metrics}?again`, {
    headers: {
      accept:
        'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
    },
  });
  const [protobuf] = zipped.headers.get('content-type').split(';');
  const head = await fetch(url + metrics, { method: 'HEAD' });
  const said = {
    status: plain.status,
    type: plain.headers.get('content-type'),
    text: await plain.text(),
    zipped: [zipped.headers.get('content-encoding'), protobuf],
    head: [head.status, await head.text()],
  };
  process.stdout.write(JSON.stringify(said), () => process.exit());
};
