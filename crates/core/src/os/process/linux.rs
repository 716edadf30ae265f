//! Processes as Linux shows them in `/proc`.

use super::identity::Identity;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::str::FromStr;

pub(super) fn identity() -> Identity {
    let pid = std::process::id();
    let stat = read_stat("self");
    Identity {
        uid: rustix::process::geteuid().as_raw(),
        pid,
        parent: std::os::unix::process::parent_id(),
        pid_namespace: pid_namespace("self"),
        start_time: stat.map_or(0, |stat| stat.start_time),
    }
}

pub(super) fn identity_of(pid: u32) -> Option<Identity> {
    let process = pid.to_string();
    let stat = read_stat(&process)?;
    Some(Identity {
        uid: effective_user(&read(&process, "status")?)?,
        pid,
        parent: stat.parent,
        pid_namespace: pid_namespace(&process),
        start_time: stat.start_time,
    })
}

pub(super) fn is_main_thread() -> bool {
    rustix::thread::gettid() == rustix::process::getpid()
}

/// Fields of `/proc/PID/stat`; times in clock ticks.
#[derive(Debug, PartialEq)]
struct Stat {
    parent: u32,
    start_time: u64,
}

fn read_stat(process: &str) -> Option<Stat> {
    parse_stat(&fs::read(format!("/proc/{process}/stat")).ok()?)
}

/// Fields are counted from 1, as in proc(5). The second, the program's name, may hold anything,
/// parentheses, spaces and broken UTF-8 included, so that counting starts after its last `)`.
fn parse_stat(stat: &[u8]) -> Option<Stat> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(&stat[name_end + 1..]).ok()?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    Some(Stat {
        parent: field(&fields, 4)?,
        start_time: field(&fields, 22)?,
    })
}

/// Field `number` of proc(5). The first two are cut off.
fn field<T: FromStr>(fields: &[&str], number: usize) -> Option<T> {
    fields.get(number - 3)?.parse().ok()
}

/// The second number after `Uid:` in `/proc/PID/status`.
fn effective_user(status: &str) -> Option<u32> {
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    users.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// The inode of the namespace that the link leads to; 0 where it may not be followed.
fn pid_namespace(process: &str) -> u64 {
    fs::metadata(format!("/proc/{process}/ns/pid")).map_or(0, |namespace| namespace.ino())
}

fn read(process: &str, file: &str) -> Option<String> {
    // The program's name in `status` may be broken UTF-8; the other lines are ASCII.
    let bytes = fs::read(format!("/proc/{process}/{file}")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "S 7 1 1 0 -1 4194560 900 0 1 0 250 75 0 0 20 0 11 0 8812 1073741824 5000 \
                        18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0";

    #[test]
    fn a_program_may_have_any_name() {
        let expected = Some(Stat {
            parent: 7,
            start_time: 8812,
        });
        for name in [&b"node"[..], b"a) S 1 (b", b"", b"\xff) 1 2", b"\n)"] {
            let stat = [b"42 (", name, b") ", STAT.as_bytes()].concat();
            assert_eq!(parse_stat(&stat), expected, "{name:?}");
        }
    }

    #[test]
    fn a_truncated_line_gives_no_value() {
        for stat in [
            "",
            "42",
            "42 (node",
            "42 (node)",
            "42 (node) S 7 1",
            "42 (node) S x 1 1",
        ] {
            assert_eq!(parse_stat(stat.as_bytes()), None, "{stat}");
        }
    }

    #[test]
    fn files_are_read_by_their_lines() {
        assert_eq!(
            effective_user("Name:\tUid:\nUid:\t1000\t1001\t0\t0\n"),
            Some(1001)
        );
    }

    #[test]
    fn this_process_is_the_one_with_its_number() {
        let identity = super::identity();
        assert_eq!(Some(identity.clone()), identity_of(std::process::id()));
        assert!(identity.start_time > 0);
        assert!(identity.pid_namespace > 0);
        let parent = identity_of(identity.parent);
        assert!(parent.is_none_or(|parent| parent.start_time <= identity.start_time));
    }

    #[test]
    fn a_missing_process_has_no_identity() {
        assert_eq!(identity_of(u32::MAX), None);
    }
}
