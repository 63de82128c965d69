import Host
import Logging
import Loop

/// A command that gets lines on its standard input, and that is started again when it dies.
///
/// Its pipe lives longer than any of its processes: what one of them has not read, the next one reads.
final class LoggerCommand {
    /// Bytes that may wait in Kapo while it is down; the pipe holds as many besides.
    static let mostWaitingBytes = 65536
    /// How long it is down after it has died.
    static let pause: Int64 = 1_000_000_000
    /// How long it may take to end when its input has.
    static let farewell: Int64 = 1_000_000_000
    /// For how long it may take nothing when somebody waits for that.
    static let patience: Int64 = 5_000_000_000
    /// Who lives shorter than this, and dies again, is not spoken of again.
    static let steady: Int64 = 10_000_000_000

    private enum Stage {
        case running(pid: Int32, since: Int64)
        case down
        /// It gets what waits, and then the end of its input; nil once it has died.
        case ending(pid: Int32?, handler: () -> Void)
        /// Its input is closed.
        case closed(handler: () -> Void)
        case ended
    }

    private let log: Logger
    private let reaper: Reaper
    private let inherited: Signals.Inherited
    private let command: Command
    private let whenTaken: () -> Void
    /// Kept open, for the next process and so that a write finds a reader.
    private var input: Int32
    private var outlet: Outlet?
    private var timer: Timer?
    private var stage = Stage.down
    private var isTroubled = false
    private var isInLine = false
    /// What was dropped while it was down.
    private var loss: LineLoss?

    /// Starts it, in the surroundings that `command` has. `whenTaken` is called when it does not block any more.
    init(
        _ loop: EventLoop, _ log: Logger, _ reaper: Reaper, _ inherited: Signals.Inherited, _ command: Command,
        whenTaken: @escaping () -> Void
    ) throws(SystemError) {
        let ends = try Pipe().release()
        (self.log, self.reaper, self.inherited, self.whenTaken) = (log, reaper, inherited, whenTaken)
        var command = command
        command.input = ends.readEnd
        self.command = command
        input = ends.readEnd
        let outlet = Outlet(loop, owning: ends.writeEnd)
        self.outlet = outlet
        timer = Timer(loop) { [unowned self] in timePassed() }
        outlet.whenDrained = { [unowned self] in taken() }
        start()
    }

    deinit { close() }

    /// True while it is up and slow: what is read would have to wait in Kapo.
    var isBlocking: Bool {
        guard case .running = stage else { return false }
        return outlet?.isBlocked ?? false
    }

    /// Passes bytes on, which may end within a line.
    func write(_ bytes: Span<UInt8>) {
        switch stage {
        case .running:
            let start = tellLoss(before: bytes)
            if let start { pass(bytes.extracting(start...)) }
        case .down: keep(bytes)
        case .ending, .closed, .ended: break
        }
    }

    /// Passes on what waits, ends its input, and calls `handler` when it has ended, or has had a second for that.
    func finish(_ handler: @escaping () -> Void) {
        switch stage {
        case .running(let pid, _):
            loss?.endLine()
            _ = tellLoss(before: [UInt8]().span)
            stage = .ending(pid: pid, handler: handler)
            if outlet?.isBlocked == true { timer?.set(afterNanoseconds: Self.patience) } else { taken() }
        case .down:
            if let waiting = outlet?.waiting, waiting > 0 || loss != nil {
                log.warning("the logger \(name) is down, and what waits for it is lost")
            }
            stage = .ending(pid: nil, handler: handler)
            taken()
        case .ending, .closed, .ended: handler()
        }
    }

    /// Takes nothing any more: it does not read, and must not keep others from ending.
    func abandon() {
        guard isBlocking else { return }
        log.error("the logger \(name) does not read, and what waits for it is lost")
        finish {}
    }

    private var name: String { command.words[0].text }

    // MARK: Its life

    private func start() {
        do {
            let pid = try command.spawn(inherited)
            stage = .running(pid: pid, since: Clock.monotonic)
            reaper.own(pid) { [weak self] change in
                if case .ended(_, let code, let signal) = change { self?.ended(code, signal) }
            }
        } catch {
            if !isTroubled { log.error("cannot start the logger \(name), it is tried each second: \(error)") }
            isTroubled = true
            stage = .down
            timer?.set(afterNanoseconds: Self.pause)
        }
    }

    private func ended(_ code: Int32?, _ signal: Int32) {
        switch stage {
        case .running(_, let since):
            let isShort = Clock.monotonic - since < Self.steady
            let how = code.map { "ended with exit code \($0)" } ?? "was killed by \(Signals.name(of: signal))"
            if !(isShort && isTroubled) { log.error("the logger \(name) \(how), it is started again in 1 s") }
            isTroubled = isShort
            stage = .down
            timer?.set(afterNanoseconds: Self.pause)
            whenTaken()
        case .ending(_, let handler):
            if outlet?.isBlocked == true { log.warning("the logger \(name) has ended, and what waits for it is lost") }
            stage = .ending(pid: nil, handler: handler)
            timer?.set(afterNanoseconds: 0)
        case .closed(let handler):
            stage = .ended
            timer?.cancel()
            handler()
        case .down, .ended: break
        }
    }

    private func taken() {
        // Not now: the outlet, which says this, is freed by it.
        if case .ending = stage { timer?.set(afterNanoseconds: 0) } else { whenTaken() }
    }

    private func timePassed() {
        switch stage {
        case .down: start()
        case .ending(let pid, let handler):
            close()
            stage = .closed(handler: handler)
            if pid == nil { ended(nil, 0) } else { timer?.set(afterNanoseconds: Self.farewell) }
        case .closed(let handler):
            stage = .ended
            handler()
        case .running, .ended: break
        }
    }

    private func close() {
        outlet = nil
        if input >= 0 { _ = Descriptor(owning: input) }
        input = -1
    }

    // MARK: What it gets

    private func pass(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        isInLine = bytes[bytes.count - 1] != UInt8(ascii: "\n")
        outlet?.write(bytes)
    }

    /// It is down: keeps what fits, as whole lines, and drops the rest.
    private func keep(_ bytes: Span<UInt8>) {
        let room = Self.mostWaitingBytes - (outlet?.waiting ?? 0)
        guard loss != nil || bytes.count > room else { return pass(bytes) }
        let fitting = loss == nil ? Lines.lastEnd(in: bytes.extracting(first: max(0, room))) ?? 0 : 0
        pass(bytes.extracting(first: fitting))
        var lines = loss ?? LineLoss()
        lines.drop(bytes.extracting(fitting...))
        loss = lines
    }

    /// Says what was lost, if anything was. Returns where the next line begins; nil when it does not.
    private func tellLoss(before bytes: Span<UInt8>) -> Int? {
        guard var lines = loss else { return 0 }
        let start = lines.skip(bytes)
        loss = start == nil ? lines : nil
        guard let start else { return nil }
        let notice = lines.notice("The logger was down")
        log.warning("the logger \(name) is up again", metadata: ["lost": "\(lines.lines)"])
        pass(Array("\(isInLine ? "\n" : "")\(notice)\n".utf8).span)
        return start
    }
}
