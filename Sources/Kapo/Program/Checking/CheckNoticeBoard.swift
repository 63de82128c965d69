import Config
import Document
import Host
import Logging
import Loop
import Machine

/// Tells what has become of the checks of a command: in the log, by mail, and to a command. Writes cores, too.
final class CheckNoticeBoard {
    /// Nanoseconds that a command has for a core, and for a notice.
    private static let timeout: Int64 = 60_000_000_000
    /// Notices under way at once; further ones are only logged.
    private static let most = 16
    /// Bytes that are logged of what such a command writes.
    private static let mostOutput = 4096

    private let loop: EventLoop
    private let log: Logger
    private let sides: SideCommands
    /// Whose surroundings the commands have: Kapo's own.
    private let command: Command
    private let notices: CheckNotices
    /// The command that is checked, as typed.
    private let name: String
    private let service: String?
    private var core: ShellJob?
    private var jobs: [Int: ShellJob] = [:]
    private var nextJob = 0

    init(
        _ loop: EventLoop, _ log: Logger, _ sides: SideCommands, like command: Command, _ notices: CheckNotices,
        name: String, service: String?
    ) {
        (self.loop, self.log, self.sides, self.command) = (loop, log, sides, command)
        (self.notices, self.name, self.service) = (notices, name, service)
    }

    // MARK: News

    /// Tells that of a check.
    func tell(_ kind: CheckNews.Kind, _ standing: CheckStanding, pid: Int32) {
        let message = CheckMessage(
            kind, standing, command: name, service: service, pid: pid, time: Clock.wall)
        let words = standing.last?.words ?? ""
        let result: Logger.Metadata? = words.isEmpty ? nil : ["result": "\(words)"]
        if kind == .passing {
            log.notice("\(message.line)", metadata: result)
        } else {
            log.error("\(message.line)", metadata: result)
        }
        if let command = notices.eventCommand { start(command, input: message.json, what: "--notify-exec") }
        if let address = notices.mailAddress, kind.isAction {
            start(notices.mailCommand, input: message.mail(to: address.text), what: "--sendmail")
        }
    }

    /// Tells that a check cannot be made, for want of something of Kapo's own.
    func tellNotMade(_ check: String, _ why: String) {
        log.error("check \(check) is not made, and says nothing of \(name): \(why)")
    }

    private func start(_ text: String, input: [UInt8], what: String) {
        guard jobs.count < Self.most else {
            return log.error("\(what) is not run: \(Self.most) notices are under way already")
        }
        let number = nextJob
        nextJob += 1
        jobs[number] = job(text, input: input, what, outlivesKapo: true) { [unowned self] _ in jobs[number] = nil }
    }

    // MARK: Cores

    /// Writes a core of that process, and says when that is over, however it ended.
    func writeCore(of pid: Int32, _ whenOver: @escaping () -> Void) {
        let path = "\(notices.coreDirectory?.text ?? ".")/\(service ?? Self.fileName(name))"
        log.notice("writing a core", metadata: ["pid": "\(pid)", "file": "\(path).\(pid)"])
        core = job("\(notices.coreCommand) \(ShellWord.quoted(path)) \(pid)", input: [], "--gcore") {
            [unowned self] output in
            core = nil
            for line in output.split(separator: UInt8(ascii: "\n")) {
                log.notice("core: \(VisibleText.of(String(decoding: line, as: UTF8.self)))")
            }
            whenOver()
        }
        if core == nil { whenOver() }
    }

    /// Gives the core up.
    func cancelCore() { core = nil }

    /// What the file of a command is called, without its directories.
    private static func fileName(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? "command"
    }

    // MARK: Commands

    /// Starts that; nil, and a line in the log, when it cannot be. It says its output when it is over.
    private func job(
        _ text: String, input: [UInt8], _ what: String, outlivesKapo: Bool = false,
        whenOver: @escaping ([UInt8]) -> Void
    ) -> ShellJob? {
        var task = ShellJob.Task(text: text, command: command, timeout: Self.timeout)
        (task.input, task.outlivesKapo) = (input, outlivesKapo)
        task.mostOutput = Self.mostOutput
        do throws(SystemError) {
            return try ShellJob(loop, sides, task) { [unowned self] ending in
                complain(of: what, ending)
                whenOver(ending.output)
            }
        } catch {
            log.error("\(what) cannot be started: \(error)")
            return nil
        }
    }

    private func complain(of what: String, _ ending: ShellJob.Ending) {
        let line = CheckVerdict.firstLine(of: ending.output).map { ": \($0)" } ?? ""
        switch ending.status {
        case .exited(0): break
        case nil: log.error("\(what) was killed: it took more than \(Self.timeout / 1_000_000_000) s\(line)")
        case .exited(let code): log.error("\(what) ended with exit code \(code)\(line)")
        case .signalled(let number): log.error("\(what) was killed by \(Signals.name(of: number))\(line)")
        case .unknown: log.error("\(what) ended, and nobody knows how\(line)")
        }
    }
}

extension CheckNews.Kind {
    /// True when something is done because of it.
    fileprivate var isAction: Bool {
        switch self {
        case .restarting, .unready, .limited: true
        case .failing, .passing: false
        }
    }
}
