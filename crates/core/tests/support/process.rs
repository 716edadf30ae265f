//! Processes that a test starts: this test program again, running one of its tests as a writer.

use std::io::Read;
use std::process::{Child, Command, Stdio};

/// A process that is killed when the test that started it ends, however that ends.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the ignored test of that name in a process of its own, with these words in its environment.
    pub fn start(test: &str, environment: &[(&str, &str)]) -> Process {
        let program = std::env::current_exe().expect("the path of this program");
        let child = Command::new(program)
            .args([test, "--exact", "--ignored", "--nocapture"])
            .envs(environment.iter().copied())
            // The process ends when this pipe does, so none outlives a test that was killed itself.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        Process { child }
    }

    /// A writer that has ended met an error.
    pub fn assert_running(&mut self) {
        if let Some(status) = self.child.try_wait().expect("its state") {
            panic!("ended by itself, {status}: {}", self.errors());
        }
    }

    /// Kills it, wherever it is. It must have been running until then.
    pub fn kill(&mut self) {
        self.assert_running();
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
    }

    /// Waits for its end, which must be without an error.
    pub fn join(mut self) {
        // `wait` would close the pipe, and the process ends with the pipe.
        let _pipe = self.child.stdin.take();
        let status = self.child.wait().expect("its end");
        assert!(status.success(), "{status}: {}", self.errors());
    }

    /// Stops it where it is, or lets it go on.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("a signal");
    }

    fn errors(&mut self) -> String {
        let mut errors = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            let _ = stderr.read_to_string(&mut errors);
        }
        errors
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends this process as soon as the test has ended.
pub fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    });
}
