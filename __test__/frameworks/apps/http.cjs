// Node.js by itself.
const { createServer } = require('node:http');

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://server');
  if (pathname === '/slow') return;
  response.statusCode =
    pathname === '/fails' ? 500 : /^\/(?:users|api)\//.test(pathname) ? 200 : 404;
  response.end(pathname);
}).listen(Number(process.env.PORT));
