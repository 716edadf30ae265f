// Four processes of one service under pm2, with one page of metrics: http://localhost:8080/metrics
//
//   npx pm2 start examples/pm2/ecosystem.config.cjs
module.exports = {
  apps: [
    {
      name: 'shop',
      script: 'service.cjs',
      cwd: __dirname,
      instances: 4,
      exec_mode: 'cluster',
      // `pm2 reload` then waits for the new process before it ends the old one.
      wait_ready: true,
    },
  ],
};
