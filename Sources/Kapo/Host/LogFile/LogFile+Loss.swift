import Glibc

extension LogFile {
    /// The file has not taken these bytes, and errno says why: they are lost, and what is left of their last line too.
    func lose(_ bytes: UnsafeRawBufferPointer, at now: Int64) {
        let code = errno
        takeSignal(of: code)
        var lines = LineLoss()
        unsafe lines.drop(bytes)
        loss = (lines, code, now)
        report(.losing(code))
    }

    /// Tries to write again after a loss. Returns where the lines begin in `bytes` that are to be written; nil when
    /// there are none, or they are lost too.
    func regain(before bytes: UnsafeRawBufferPointer, at now: Int64) -> Int? {
        guard let (before, code, triedAt) = loss else { return 0 }
        var lines = before
        let pause = code == EAGAIN ? Self.shortPause : Self.pause
        guard !(0..<pause).contains(now - triedAt), let start = unsafe lines.skip(bytes) else {
            unsafe lines.drop(bytes)
            loss = (lines, code, triedAt)
            return nil
        }
        // A file that was removed to make room takes it as long as it is open.
        look(at: now)
        if turn == .reopening { makeTurn(at: now) }
        let notice = Array((isInLine ? "\n" : "").utf8) + opening(now) + Array(lines.notice(reason(code)).utf8) + [0x0a]
        // The array lives through the call.
        let isWritten = unsafe notice.withUnsafeBytes { unsafe append($0) == $0.count }
        guard isWritten else {
            let code = errno
            takeSignal(of: code)
            unsafe lines.drop(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            loss = (lines, code, now)
            return nil
        }
        loss = nil
        report(.regained(lines: lines.lines))
        return start
    }

    private func reason(_ code: Int32) -> String {
        code == EAGAIN ? "The reader is too slow" : SystemError.text(of: code)
    }

    /// Beyond the limit RLIMIT_FSIZE the kernel sends a signal as well. It is blocked, as all are that Kapo passes on,
    /// but this one is not for the command.
    private func takeSignal(of code: Int32) {
        guard code == EFBIG else { return }
        var signals = sigset_t()
        var noTime = timespec()
        // The structs live through the calls.
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGXFSZ)
        _ = unsafe sigtimedwait(&signals, nil, &noTime)
    }
}
