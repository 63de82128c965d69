import Document
import Glibc
import Host
import Loop

/// `kapo ctl top`: the table, drawn again every second, on the other screen of a terminal.
final class CtlTop {
    /// Seconds from the beginning of one look to that of the next, and that a service has to answer.
    private static let intervalSeconds: Int64 = 1
    /// Those that end it, and those that it answers; all others do what they do to any program.
    static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]

    // ECMA-48 and xterm's control sequences: the other screen, a hidden cursor and no line wrap; and back.
    private static let enter = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l"
    private static let leave = "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

    private let settings: CtlSettings
    private let loop: EventLoop
    private let signals: SignalDescriptor
    private var keys: TerminalKeys?
    private var watches: [DescriptorWatch] = []
    private var timer: Timer?
    private var calls: ServiceCalls?
    private var rows: [ServiceRow] = []
    private var nextLook: Int64 = 0
    private var exitCode: Int32 = 0

    init(_ settings: CtlSettings, _ loop: EventLoop) throws(SystemError) {
        (self.settings, self.loop) = (settings, loop)
        signals = try SignalDescriptor(Self.signals)
        timer = Timer(loop) { [unowned self] in look() }
    }

    /// Runs until a key or a signal ends it; returns the exit code.
    func run() -> Int32 {
        watches = [
            DescriptorWatch(loop, signals.number, .readable) { [unowned self] in
                while let number = signals.next() { receive(number) }
            },
            DescriptorWatch(loop, STDIN_FILENO, .readable) { [unowned self] in readKeys() },
        ]
        open()
        watches[0].start()
        if keys != nil { watches[1].start() }
        timer?.set(afterNanoseconds: 0)
        loop.run()
        close()
        return exitCode
    }

    // MARK: The screen

    private func open() {
        // First what was taken before is given back: the newer one would take that for how the terminal was.
        keys = nil
        keys = TerminalKeys()
        show(Self.enter)
    }

    private func close() {
        show(Self.leave)
        keys = nil
    }

    private func draw() {
        let size = StandardOutput.size ?? (rows: 24, columns: 80)
        var lines = [String(title.prefix(size.columns)), ""]
        lines += ServiceTable(rows).lines(coloured: settings.form == .table(coloured: true), columns: size.columns)
        if lines.count > size.rows {
            let hidden = lines.count - size.rows + 1
            lines = lines.prefix(max(0, size.rows - 1)) + [String("and \(hidden) more".prefix(size.columns))]
        }
        // From the corner on: each line, and nothing of the old one behind it; and nothing below the last one.
        show("\u{1b}[H" + lines.map { "\($0)\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J")
    }

    private var title: String {
        var (up, down, waiting, other) = (0, 0, 0, 0)
        for row in rows {
            switch row.status?.phase {
            case .up: up += 1
            case .down: down += 1
            case .waiting: waiting += 1
            case nil: other += 1
            }
        }
        let parts = [(up, "up"), (down, "down"), (waiting, "waiting"), (other, "not reached")]
        let counts = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "kapo ctl top: \(counts.isEmpty ? "no service" : counts); q quits"
    }

    private func show(_ text: String) {
        // A terminal that has been hung up takes nothing; the signal that says so comes by itself, or nobody is there.
        do { try StandardOutput.write(text.utf8) } catch { end(1) }
    }

    // MARK: Events

    private func look() {
        nextLook = Clock.monotonic + Self.intervalSeconds * 1_000_000_000
        let places = ServicePlace.all(in: ServiceHomes.all).filter(settings.means)
        calls = ServiceCalls(loop, places, nil, timeoutSeconds: Self.intervalSeconds) { [unowned self] in
            rows = $0.rows
            draw()
            timer?.set(afterNanoseconds: max(0, nextLook - Clock.monotonic))
        }
        calls?.start()
    }

    private func readKeys() {
        guard let key = keys?.next() else {
            // Readable without a byte: hung up.
            return end(1)
        }
        if key == UInt8(ascii: "q") || key == UInt8(ascii: "Q") { end(0) }
    }

    private func receive(_ number: Int32) {
        switch number {
        case SIGWINCH: draw()
        case SIGCONT:
            // Whoever had stopped it may have changed the terminal.
            open()
            draw()
        case SIGTSTP:
            close()
            _ = Signals.pauseJob(SIGTSTP)
            open()
            draw()
        default: end(128 + number)
        }
    }

    private func end(_ code: Int32) {
        exitCode = code
        loop.stop()
    }
}

extension Program {
    /// Shows the table, and draws it again every second until a key or a signal ends that; returns the exit code.
    /// `inherited` are the signals that Kapo was started with.
    package static func ctlTop(_ settings: CtlSettings, _ inherited: Signals.Inherited) throws(Failure) -> Int32 {
        Signals.release(Signals.forwarded.filter { !CtlTop.signals.contains($0) }, inherited)
        let loop = try clientLoop()
        do {
            return try CtlTop(settings, loop).run()
        } catch {
            throw Failure(description: "\(error)")
        }
    }
}
