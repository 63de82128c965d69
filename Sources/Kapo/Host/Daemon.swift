import CLinux
import Glibc

/// Becoming a daemon, as daemon(7) has it for those that are no service of systemd's.
package enum Daemon {
    /// What the first process, the one that somebody waits for, is told by the daemon.
    package struct Announcement: ~Copyable {
        private let pipe: Descriptor

        init(_ pipe: consuming Descriptor) {
            self.pipe = pipe
        }

        /// The first process ends with exit code 0.
        package consuming func started() {
            send([0])
        }

        /// The first process writes the text to standard error, as a line, and ends with exit code 1.
        package consuming func failed(_ text: String) {
            // What a pipe takes at once.
            send(Array("\(text)\n".utf8.prefix(4096)))
        }

        private func send(_ bytes: [UInt8]) {
            // The kernel reads the array during the call. The first process may be gone; then nobody waits.
            _ = retryingOnInterrupt { unsafe write(pipe.number, bytes, bytes.count) }
        }
    }

    /// True when nobody waits for this process who could want it in the background: the parent is init, or outside of
    /// the container.
    package static var parentIsInit: Bool { getppid() <= 1 }

    /// Goes on in a process of a session of its own, without a terminal, whose standard input, output and error are
    /// /dev/null; the working directory and the umask stay. The first process does not return from this: it waits to be
    /// told how the start went. A daemon that ends without a word has failed.
    ///
    /// To be called before there is a thread, a loop, or a descriptor that cares for the pid. SIGPIPE is ignored.
    package static func begin(_ inherited: Signals.Inherited) throws(SystemError) -> Announcement {
        let null = try Descriptor.null()
        let (readEnd, writeEnd) = try Pipe().release()
        let child = kapo_fork()
        if child < 0 {
            let error = SystemError("fork")
            for number in [readEnd, writeEnd] { close(number) }
            throw error
        }
        // What this process has of the other end would keep the first one from hearing that the daemon is gone.
        close(child > 0 ? writeEnd : readEnd)
        if child > 0 {
            // Whoever waits can interrupt this process.
            Signals.release(Signals.forwarded, inherited)
            waitForWord(readEnd)
        }
        let announcement = Announcement(Descriptor(owning: writeEnd))
        setsid()
        // The leader of a session would get the next terminal that it opens. Its child is no leader.
        let daemon = kapo_fork()
        guard daemon == 0 else {
            if daemon < 0 { announcement.failed("kapo: \(SystemError("fork"))") }
            _exit(daemon < 0 ? 1 : 0)
        }
        for number in 0...2 as ClosedRange<Int32> { dup2(null.number, number) }
        return announcement
    }

    /// What is left to do for the first process.
    private static func waitForWord(_ reader: Int32) -> Never {
        var said: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // Ends: at the end of the pipe, or beyond what an announcement has. The kernel fills at most the array.
        while said.count <= 4096 {
            let count = retryingOnInterrupt { unsafe read(reader, &chunk, chunk.count) }
            if count <= 0 { break }
            said += chunk.prefix(count)
        }
        if said == [0] { _exit(0) }
        if said.isEmpty { said = Array("kapo: the daemon ended before it had started\n".utf8) }
        _ = unsafe write(STDERR_FILENO, said, said.count)
        _exit(1)
    }
}
