//! Processes as Linux shows them in `/proc`.

use super::{Identity, Usage};
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

pub(super) fn read_usage(pid: u32) -> Option<Usage> {
    let process = pid.to_string();
    let stat = read_stat(&process)?;
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let machine_start = boot_time(&fs::read_to_string("/proc/stat").ok()?)?;
    // Reading the directory of our own descriptors opens one more.
    let reading = u64::from(pid == std::process::id());
    let descriptors = fs::read_dir(format!("/proc/{process}/fd"));
    Some(Usage {
        cpu_user_seconds: stat.user_time as f64 / ticks,
        cpu_system_seconds: stat.system_time as f64 / ticks,
        resident_bytes: stat.resident_pages * rustix::param::page_size() as u64,
        virtual_bytes: stat.virtual_bytes,
        open_descriptors: descriptors
            .ok()
            .map(|entries| entries.count() as u64 - reading),
        max_descriptors: read(&process, "limits").and_then(|limits| max_descriptors(&limits)),
        start_time_seconds: machine_start as f64 + stat.start_time as f64 / ticks,
    })
}

/// What is taken from `/proc/PID/stat`; times in clock ticks.
#[derive(Debug, PartialEq)]
struct Stat {
    parent: u32,
    user_time: u64,
    system_time: u64,
    start_time: u64,
    virtual_bytes: u64,
    resident_pages: u64,
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
        user_time: field(&fields, 14)?,
        system_time: field(&fields, 15)?,
        start_time: field(&fields, 22)?,
        virtual_bytes: field(&fields, 23)?,
        // A signed number in the kernel, which may be a little below 0 for a moment.
        resident_pages: field::<i64>(&fields, 24)?.max(0) as u64,
    })
}

/// Field `number` of proc(5), of which the first two are cut off.
fn field<T: FromStr>(fields: &[&str], number: usize) -> Option<T> {
    fields.get(number - 3)?.parse().ok()
}

/// The second number after `Uid:` in `/proc/PID/status`.
fn effective_user(status: &str) -> Option<u32> {
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    users.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// The soft limit in `/proc/PID/limits`; `unlimited` is no number.
fn max_descriptors(limits: &str) -> Option<u64> {
    let limit = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    limit.split_ascii_whitespace().next()?.parse().ok()
}

/// When the machine started, in seconds since the Unix epoch, from `/proc/stat`.
fn boot_time(stat: &str) -> Option<u64> {
    stat.lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()
}

/// The inode of the namespace that the link leads to; 0 where it may not be followed.
fn pid_namespace(process: &str) -> u64 {
    fs::metadata(format!("/proc/{process}/ns/pid")).map_or(0, |namespace| namespace.ino())
}

fn read(process: &str, file: &str) -> Option<String> {
    // The name in `status` may be broken UTF-8; what is looked for never is.
    let bytes = fs::read(format!("/proc/{process}/{file}")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "S 7 1 1 0 -1 4194560 900 0 1 0 250 75 0 0 20 0 11 0 8812 1073741824 5000 \
                        18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0";

    #[test]
    fn a_program_may_be_called_anything() {
        let expected = Some(Stat {
            parent: 7,
            user_time: 250,
            system_time: 75,
            start_time: 8812,
            virtual_bytes: 1 << 30,
            resident_pages: 5000,
        });
        for name in [&b"node"[..], b"a) S 1 (b", b"", b"\xff) 1 2", b"\n)"] {
            let stat = [b"42 (", name, b") ", STAT.as_bytes()].concat();
            assert_eq!(parse_stat(&stat), expected, "{name:?}");
        }
    }

    #[test]
    fn what_is_cut_short_is_nothing() {
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
        assert_eq!(
            max_descriptors("Max open files            1024   4096   files\n"),
            Some(1024)
        );
        assert_eq!(
            max_descriptors("Max open files            unlimited  unlimited files\n"),
            None
        );
        assert_eq!(
            boot_time("cpu 1 2\nbtime 1754000000\nprocesses 9\n"),
            Some(1_754_000_000)
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
    fn no_process_has_no_identity() {
        assert_eq!(identity_of(u32::MAX), None);
        assert_eq!(read_usage(u32::MAX), None);
    }

    #[test]
    fn usage_is_plausible() {
        let usage = read_usage(std::process::id()).unwrap();
        assert!(usage.resident_bytes > 100_000);
        assert!(usage.virtual_bytes > usage.resident_bytes);
        let open = usage.open_descriptors.unwrap();
        assert!(open >= 1 && usage.max_descriptors.is_none_or(|max| open <= max));
        let now = std::time::SystemTime::now();
        let now = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs_f64();
        // The machine's start is told in whole seconds.
        assert!(usage.start_time_seconds < now + 2.0 && usage.start_time_seconds > now - 3600.0);
    }
}
