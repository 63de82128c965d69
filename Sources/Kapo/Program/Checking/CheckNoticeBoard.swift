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
    private let jobs: NoticeJobs

    /// `jobs` are the notices of all commands.
    init(
        _ loop: EventLoop, _ log: Logger, _ sides: SideCommands, like command: Command, _ notices: CheckNotices,
        _ jobs: NoticeJobs, name: String, service: String?
    ) {
        (self.loop, self.log, self.sides, self.command, self.jobs) = (loop, log, sides, command, jobs)
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
        var task = task(text)
        (task.input, task.outlivesKapo) = (input, true)
        do throws(SystemError) {
            let isStarted = try jobs.start(loop, sides, task) { [log] ending in
                Self.complain(of: what, ending, log)
            }
            if !isStarted { log.error("\(what) is not run: \(NoticeJobs.most) notices are under way already") }
        } catch {
            log.error("\(what) cannot be started: \(error)")
        }
    }

    // MARK: Cores

    /// Writes a core of that process, and says when that is over, however it ended.
    func writeCore(of pid: Int32, _ whenOver: @escaping () -> Void) {
        let path = "\(notices.coreDirectory?.text ?? ".")/\(service ?? Self.fileName(name))"
        log.notice("writing a core", metadata: ["pid": "\(pid)", "file": "\(path).\(pid)"])
        let command = "\(notices.coreCommand) \(ShellWord.quoted(path)) \(pid)"
        do throws(SystemError) {
            core = try ShellJob(loop, sides, task(command)) { [unowned self] ending in
                core = nil
                Self.complain(of: "--gcore", ending, log)
                for line in ending.output.split(separator: UInt8(ascii: "\n")) {
                    log.notice("core: \(VisibleText.of(String(decoding: line, as: UTF8.self)))")
                }
                whenOver()
            }
        } catch {
            log.error("--gcore cannot be started: \(error)")
            whenOver()
        }
    }

    /// Gives the core up.
    func cancelCore() { core = nil }

    /// What the file of a command is called, without its directories.
    private static func fileName(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? "command"
    }

    // MARK: Commands

    private func task(_ text: String) -> ShellJob.Task {
        ShellJob.Task(text: text, command: command, mostOutput: Self.mostOutput, timeout: Self.timeout)
    }

    private static func complain(of what: String, _ ending: ShellJob.Ending, _ log: Logger) {
        let line = CheckVerdict.firstLine(of: ending.output).map { ": \($0)" } ?? ""
        switch ending.status {
        case .exited(0): break
        case nil: log.error("\(what) was killed: it took more than \(timeout / 1_000_000_000) s\(line)")
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
