import Config
import Glibc
import Host
import Machine

/// What runs without being a child that Kapo started: what a pid file names, and what an earlier Kapo left.
extension ChildDriver {
    /// True when the command of an earlier Kapo still runs, and is supervised from now on. Throws what keeps Kapo from
    /// knowing.
    func findRunning() throws(SystemError) -> Bool {
        guard let keeping, let living = try ServiceRecord.living(in: keeping.directory) else { return false }
        let startedAt = living.startedAt
        let (pid, isFollowed) = watch(living.release())
        let age = max(0, Clock.wall - startedAt)
        let moment = Moment(monotonic: Clock.monotonic - age, wall: startedAt)
        send(.found(pid: pid, startedAt: moment, isFollowed: isFollowed))
        writeChildPID(pid)
        return true
    }

    /// The process that the pid file names, now that `ended` has ended; nil when there is none that lives, and when it
    /// is Kapo or belongs to another command of it: two cannot have one process.
    func follow(after ended: Int32) -> Int32? {
        guard let path = options.pidFiles.follow, let process = PidFile.process(namedBy: Word(path.text)),
            process.pid != ended, process.pid != Invocation.pid, !reaper.owns(process.pid)
        else { return nil }
        record(process)
        return watch(process).pid
    }

    /// Hears of the end of that process from now on. It is followed if it leads no group.
    private func watch(_ process: consuming ProcessHandle) -> (pid: Int32, isFollowed: Bool) {
        let pid = process.pid
        followed = FollowedProcess(host.loop, process) { [unowned self] in followedEnded(pid) }
        child = pid
        // Where it is Kapo's child, the kernel says how it ended.
        reaper.own(pid) { [unowned self] change in
            guard case .ended(_, let code, let signal) = change, followed?.pid == pid else { return }
            self.ended(pid, code.map { ExitStatus.exited($0) } ?? .signalled(signal))
        }
        return (pid, getpgid(pid) != pid)
    }

    private func followedEnded(_ pid: Int32) {
        reaper.reap()
        guard followed?.pid == pid else { return }
        // Another process of that pid may become a child.
        reaper.disown(pid)
        ended(pid, .unknown)
    }

    // MARK: Signals

    /// Sends a signal to the group of what runs.
    func signalGroup(_ pid: Int32, _ number: Int32) throws(SystemError) {
        if let followed { try followed.signalGroup(number) } else { try Signals.send(number, toGroupOf: pid) }
    }

    /// Sends a signal to what runs.
    func signalCommand(_ pid: Int32, _ number: Int32) throws(SystemError) {
        if let followed { try followed.signal(number) } else { try Signals.send(number, to: pid) }
    }

    // MARK: Files

    /// Writes Kapo's own pid where that was asked for.
    func writeParentPID() { write(Invocation.pid, options.pidFiles.parent) }

    /// Writes the command's pid where that was asked for.
    func writeChildPID(_ pid: Int32) { write(pid, options.pidFiles.child) }

    private func write(_ pid: Int32, _ path: Path?) {
        guard let path else { return }
        do {
            try PidFile.write(pid, to: Word(path.text))
        } catch {
            host.log.error("cannot write the pid file \(path.text): \(error)")
        }
    }

    private func record(_ process: borrowing ProcessHandle) {
        guard let keeping else { return }
        do {
            try ServiceRecord.write(process, in: keeping.directory)
        } catch {
            host.log.error("cannot record what runs: \(error)")
        }
    }

    /// Nothing runs any more.
    func clearRecord() {
        guard let keeping else { return }
        do {
            try ServiceRecord.clear(in: keeping.directory)
        } catch {
            host.log.error("cannot clear the record of what runs: \(error)")
        }
    }
}
