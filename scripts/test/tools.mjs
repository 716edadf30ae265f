// Tools of others that some specs run: which of them are here, and how to get the rest.
import { spawnSync } from 'node:child_process';
import { root } from '../run.mjs';

const TOOLS = [
  {
    name: 'Prometheus with promtool',
    commands: [
      ['prometheus', '--version'],
      ['promtool', '--version'],
    ],
    part: 'the specs in which Prometheus scrapes a service are skipped',
    debian: 'prometheus',
    elsewhere: 'https://prometheus.io/download',
  },
  {
    name: 'Prometheus 3 with VictoriaMetrics',
    commands: ['prometheus', 'victoria-metrics'].map((name) => [
      `${root}build/servers/usr/bin/${name}`,
      '--version',
    ]),
    part: 'the specs in which they scrape a cluster are skipped',
    way: 'Debian: npm run test:servers -- --fetch, which installs nothing',
  },
  {
    name: "Prometheus' Pushgateway",
    commands: [['prometheus-pushgateway', '--version']],
    part: 'the spec that pushes to one is skipped',
    debian: 'prometheus-pushgateway',
    elsewhere: 'https://prometheus.io/download',
  },
  {
    name: 'tmux',
    commands: [['tmux', '-V']],
    part: 'the specs of the command line in a real terminal are skipped',
    debian: 'tmux',
    elsewhere: 'https://github.com/tmux/tmux',
  },
  {
    name: 'zsh',
    commands: [['zsh', '--version']],
    part: 'the spec of the completions in zsh is skipped',
    debian: 'zsh',
    elsewhere: 'https://www.zsh.org',
  },
  {
    name: 'Go',
    commands: [['go', 'version']],
    part: "the spec that reads pages with Prometheus' expfmt fails",
    debian: 'golang',
    elsewhere: 'https://go.dev/dl',
  },
  {
    name: 'Chromium',
    commands: [['/usr/bin/chromium', '--version']],
    part: 'the specs of the live page in a browser are skipped',
    debian: 'chromium',
    elsewhere: 'https://www.chromium.org',
  },
  {
    name: 'Python with pip',
    commands: [['python3', '-m', 'pip', '--version']],
    part: "the specs that read pages with Python's prometheus_client fail",
    debian: 'python3-pip',
    elsewhere: 'https://www.python.org',
  },
];

/** A line for each missing tool: the tests that need it, and the way to install it. */
export function missingTools() {
  const isHere = ([command, ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  return TOOLS.filter(({ commands }) => !commands.every(isHere)).map(
    ({ name, part, debian, elsewhere, way }) =>
      `${name} is not here: ${part}. ${way ?? `Debian: apt-get install ${debian}; elsewhere: ${elsewhere}`}`,
  );
}
