import Checks
import Config
import Document
import Host
import Logging
import Loop
import Machine

/// Asks what the URL stands for, again while connections are refused, and judges the answer.
final class HttpokCheck {
    /// What came of it.
    enum Outcome: Equatable {
        case good
        /// What is wrong, for the subject of a mail, and what there was, for its text.
        case bad(Fault, String)
        /// Nobody was asked, for want of something of Kapo's own, and what that is.
        case notMade(String)

        /// What is wrong.
        enum Fault: String {
            case status = "bad status returned"
            case body = "bad body returned"
        }
    }

    /// Nanoseconds from a refused connection to the next.
    private static let pause: Int64 = 1_000_000_000
    /// Bytes of what a command writes that are kept.
    private static let outputBytes = 4096

    private let loop: EventLoop
    private let log: Logger
    private let options: HttpokOptions
    private let jobs: HttpokJobs
    private let tls = TLSClient()
    private var probe: Probe?
    private var retry: Timer?
    private var end: Int64 = 0
    private var handler: (Outcome) -> Void = { _ in }

    init(_ runtime: Runtime, _ options: HttpokOptions, _ jobs: HttpokJobs) {
        (loop, log, self.options, self.jobs) = (runtime.loop, runtime.log, options, jobs)
        retry = Timer(loop) { [unowned self] in ask() }
    }

    /// Asks. The handler is called once, from the loop or at once.
    func start(_ handler: @escaping (Outcome) -> Void) {
        self.handler = handler
        end = Clock.monotonic + options.timeout.nanoseconds
        ask()
    }

    /// Gives up: the handler is not called any more.
    func cancel() {
        probe?.cancel()
        retry?.cancel()
    }

    private func ask() {
        let request = CheckRequest(userAgent: "httpok")
        guard let target = options.check.target(request, password: options.password) else {
            guard case .exec(let command) = options.check else { return fail("\(options.url) cannot be asked") }
            return run(command)
        }
        let time = CheckTime(nanoseconds: max(1, end - Clock.monotonic), text: options.timeout.text)
        let probe = Probe(loop, tls, target, time) { [unowned self] in take($0) }
        self.probe = probe
        probe.start()
    }

    private func take(_ outcome: Probe.Outcome) {
        probe = nil
        switch outcome {
        case .passed: handler(.good)
        case .answered(let answer): judge(answer)
        case .failed(let failure) where failure.isOwn: handler(.notMade(failure.words))
        case .failed(let failure):
            if failure.isRefused, end - Clock.monotonic > Self.pause {
                log.debug("\(options.url) refused, tried again: \(failure.words)")
                retry?.set(afterNanoseconds: Self.pause)
            } else {
                fail(failure.words)
            }
        }
    }

    private func judge(_ answer: HTTPAnswer) {
        let reason = VisibleText.of(String(decoding: answer.reason, as: UTF8.self))
        let message = "status contacting \(options.url): \(answer.status) \(reason)"
        guard let codes = options.codes.first(where: { $0.contains(answer.status) }) else {
            return handler(.bad(.status, message))
        }
        let trouble = CheckVerdict.trouble(with: answer, codes, options.sought)
        handler(trouble == nil ? .good : .bad(.body, message))
    }

    private func fail(_ words: String) {
        handler(.bad(.status, "error contacting \(options.url):\n\n \(words)"))
    }

    // MARK: Commands

    private func run(_ command: String) {
        if jobs.isStuck { return fail("the command before it was killed, and is still there") }
        jobs.run(command, mostOutput: Self.outputBytes, timeout: options.timeout.nanoseconds) { [unowned self] in
            switch $0 {
            case .failure(let error): handler(.notMade("\(error)"))
            case .success(let ending): judge(ending)
            }
        }
    }

    private func judge(_ ending: ShellJob.Ending) {
        let output = HttpokText.lines(ending.output)
        let behind = output.isEmpty ? "" : "\n\n \(output)"
        switch ending.status {
        case .exited(0)?: handler(.good)
        case .exited(let code)?:
            handler(.bad(.status, "status contacting \(options.url): exit code \(code)\(behind)"))
        case .signalled(let number)?:
            handler(.bad(.status, "status contacting \(options.url): \(Signals.name(of: number))\(behind)"))
        case .unknown?: handler(.good)
        case nil: fail("not over within \(options.timeout.text) s\(behind)")
        }
    }
}
