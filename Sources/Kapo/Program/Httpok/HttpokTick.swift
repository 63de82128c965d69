import Host
import Loop
import Machine
import Supervisord

/// What is done for a TICK: ask, and if the answer is not good, restart and send a mail.
final class HttpokTick {
    /// Nanoseconds that sendmail may take.
    private static let mailTimeout: Int64 = 60_000_000_000

    private let console: Console
    private let options: HttpokOptions
    private let client: SupervisordClient
    private let jobs: HttpokJobs
    private let check: HttpokCheck
    private var restart: HttpokRestart?
    private var verdict: ListenerVerdict
    private var messages: [String] = []
    private var whenDone: () -> Void = {}

    /// Throws why supervisord cannot be reached at all.
    init(
        _ runtime: Runtime, _ options: HttpokOptions, _ inherited: Signals.Inherited
    ) throws(Program.Failure) {
        (console, self.options) = (runtime.console, options)
        client = try SupervisordClient(runtime.loop, options.supervisord)
        jobs = HttpokJobs(runtime, inherited)
        check = HttpokCheck(runtime, options, jobs)
        verdict = ListenerVerdict(options.policy)
        restart = HttpokRestart(options, client, jobs) { [unowned self] in say($0) }
    }

    /// Begins; nothing else may be going on. `whenDone` is called once, from the loop or at once.
    func start(whenDone: @escaping () -> Void) {
        self.whenDone = whenDone
        if options.isEager { return ask() }
        client.processes { [unowned self] result in
            switch result {
            case .failure(let failure):
                console.say("Exception retrieving process info \(failure), not acting\n")
                whenDone()
            case .success(let all):
                let isAnyThere = all.contains {
                    options.means($0) && options.restarts($0) && !options.isListener($0)
                }
                if isAnyThere { ask() } else { whenDone() }
            }
        }
    }

    /// Gives up at once: what runs is killed, and nothing follows.
    func cancel() {
        check.cancel()
        client.cancel()
        jobs.cancel()
    }

    private func ask() {
        check.start { [unowned self] outcome in
            switch outcome {
            case .good:
                verdict.passed(at: Clock.monotonic)
                whenDone()
            case .bad(let fault, let message): failed(fault, message)
            case .notMade(let why):
                console.log.error("\(options.url) is not asked: \(why)")
                whenDone()
            }
        }
    }

    private func failed(_ fault: HttpokCheck.Outcome.Fault, _ message: String) {
        messages = [message]
        client.processes { [unowned self] result in
            switch result {
            case .failure(let failure):
                say("Exception retrieving process info \(failure), not acting")
                whenDone()
            case .success(let all): decide(fault, all)
            }
        }
    }

    private func decide(_ fault: HttpokCheck.Outcome.Fault, _ all: [ProcessInfo]) {
        let young = all.filter { options.means($0) && $0.isUp && !options.isListener($0) }
        // None of them has started in the future: a clock was set back.
        let ages = young.map { ($0.now - $0.start) * 1_000_000_000 }.filter { $0 >= 0 }
        switch verdict.failed(at: Clock.monotonic, ages: ages) {
        case .grace: wait(fault, "a process has just started")
        case .counted(let number): wait(fault, "failure \(number) of \(options.policy.fall)")
        case .refuse(let isNew):
            let limit = options.policy.limit
            let seconds = Double(limit?.windowNanoseconds ?? 0) / 1e9
            say("Restart limit of \(limit?.most ?? 0) in \(seconds.shortText) seconds reached, NOT restarting")
            if isNew { mail(fault) } else { whenDone() }
        case .act:
            restart?.start(all) { [unowned self] in mail(fault) }
        }
    }

    private func wait(_ fault: HttpokCheck.Outcome.Fault, _ why: String) {
        console.log.warning("\(options.url): \(fault.rawValue), not acting: \(why)")
        whenDone()
    }

    /// Writes a line to standard error, and keeps it for the mail.
    private func say(_ line: String) {
        console.say("\(line)\n")
        messages.append(line)
    }

    private func mail(_ fault: HttpokCheck.Outcome.Fault) {
        guard !options.emails.isEmpty else { return whenDone() }
        let mail = HttpokText.mail(
            to: options.emails, subject: HttpokText.subject(options, fault), messages.joined(separator: "\n"))
        jobs.run(
            options.sendmail, input: Array(mail.utf8), mostOutput: 4096, timeout: Self.mailTimeout, outlivesKapo: true
        ) { [unowned self] result in
            switch result {
            case .success(let ending) where ending.status == .exited(0): console.say("Mailed:\n\n\(mail)")
            case .success(let ending):
                let status = ending.status.map { "ended with \($0.shellCode)" } ?? "was not done within 60 s"
                console.say("Mail not sent: \(options.sendmail) \(status): \(HttpokText.lines(ending.output))\n")
            case .failure(let error): console.say("Mail not sent: \(error)\n")
            }
            whenDone()
        }
    }
}

extension ProcessInfo {
    /// True if it runs, or is about to.
    fileprivate var isUp: Bool { state == .running || state == .starting || state == .backoff }
}

extension Double {
    /// `60`, `0.5`.
    fileprivate var shortText: String { self == rounded() ? "\(Int64(self))" : "\(self)" }
}
