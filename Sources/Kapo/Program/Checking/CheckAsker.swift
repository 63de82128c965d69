import Checks
import Config
import Host
import Loop
import Machine

/// Makes one check of a command, again and again, never twice at once.
final class CheckAsker {
    /// Bytes that are kept of what a command writes.
    static let mostOutput = 4096

    /// Where commands of the shell run: in the surroundings of the command, as they are now.
    struct Shell {
        let sides: SideCommands
        let command: () throws -> Command
        /// The pid of the command, which they find as KAPO_COMMAND_PID.
        let pid: () -> Int32
    }

    private let loop: EventLoop
    private let check: CheckOptions.Check
    private let options: CheckOptions
    private let supplies: CheckSupplies
    private let shell: Shell
    private let target: Probe.Target?
    private var probe: Probe?
    private var job: ShellJob?
    /// The process of the last check by a command; it may still be there although it was killed.
    private var lastPID: Int32?
    private var refusal: Timer?

    init(
        _ loop: EventLoop, _ check: CheckOptions.Check, _ options: CheckOptions, _ supplies: CheckSupplies,
        _ shell: Shell
    ) {
        (self.loop, self.check, self.options, self.supplies, self.shell) = (loop, check, options, supplies, shell)
        let request = CheckRequest(method: options.method, headers: options.headers)
        target = check.url.target(request, password: options.password)
    }

    /// What came of asking.
    enum Outcome {
        case known(CheckResult)
        /// It cannot be made, and why.
        case notMade(String)
    }

    /// Asks, and tells once what came of it, from the loop and not before this returns; not at all if it is cancelled.
    func ask(_ whenKnown: @escaping (Outcome) -> Void) {
        let began = Clock.monotonic
        if let target {
            probe = Probe(loop, supplies.tls, target, options.timeout.time) { [unowned self] in
                let outcome = outcome(of: $0, began)
                cancel()
                whenKnown(outcome)
            }
            probe?.start()
        } else if case .exec(let text) = check.url {
            run(text, began, whenKnown)
        }
    }

    /// Ends what is under way: nothing is told of it.
    func cancel() {
        probe?.cancel()
        probe = nil
        job = nil
        refusal = nil
    }

    private func outcome(of outcome: Probe.Outcome, _ began: Int64) -> Outcome {
        switch outcome {
        case .passed(let words): return Self.known(nil, words, since: began)
        case .failed(let failure) where failure.isOwn: return .notMade(failure.words)
        case .failed(let failure): return Self.known(failure.words, "", since: began)
        case .answered(let answer):
            let trouble = CheckVerdict.trouble(with: answer, options.healthy, options.sought)
            return Self.known(trouble, CheckVerdict.status(of: answer), since: began)
        }
    }

    /// A result with what is wrong, or else those words.
    private static func known(
        _ trouble: String?, _ words: String, _ output: String? = nil, since began: Int64
    ) -> Outcome {
        .known(
            CheckResult(
                hasPassed: trouble == nil, words: trouble ?? words, output: output, latency: Clock.monotonic - began))
    }

    // MARK: Commands

    private func run(_ text: String, _ began: Int64, _ whenKnown: @escaping (Outcome) -> Void) {
        func refuse(_ outcome: Outcome) {
            refusal = Timer(loop) { whenKnown(outcome) }
            refusal?.set(afterNanoseconds: 0)
        }
        if let lastPID, shell.sides.isRunning(lastPID) {
            return refuse(
                Self.known("the command of the check before it was killed, and is still there", "", since: began))
        }
        do {
            var task = ShellJob.Task(
                text: text, command: try shell.command(), timeout: options.timeout.nanoseconds)
            task.variables = [("KAPO_COMMAND_PID", String(shell.pid()))]
            task.mostOutput = Self.mostOutput
            job = try ShellJob(loop, shell.sides, task) { [unowned self] ending in
                let line = CheckVerdict.firstLine(of: ending.output)
                let trouble = trouble(of: ending).map { [$0, line].compactMap(\.self).joined(separator: ": ") }
                let output = String(decoding: ending.output, as: UTF8.self)
                job = nil
                if ending.isStandstill { return whenKnown(.notMade(Standstill.words)) }
                if ending.status != nil { lastPID = nil }
                whenKnown(Self.known(trouble, line ?? "", output, since: began))
            }
            lastPID = job?.pid
        } catch let error as SpawnFailure where error.kind != .noResources {
            refuse(Self.known("cannot be started: \(error.reason)", "", since: began))
        } catch let error as SystemError where Command.Trouble(error) != .noResources {
            refuse(Self.known("cannot be started: \(error)", "", since: began))
        } catch {
            refuse(.notMade("\(error)"))
        }
    }

    private func trouble(of ending: ShellJob.Ending) -> String? {
        switch ending.status {
        case nil: "no end within \(options.timeout.text) s"
        case .exited(0): nil
        case .exited(let code): "exit code \(code)"
        case .signalled(let number): "killed by \(Signals.name(of: number))"
        case .unknown: "it ended, and nobody knows how"
        }
    }
}

extension CheckTimeout {
    /// The same for a probe.
    var time: CheckTime { CheckTime(nanoseconds: nanoseconds, text: text) }
}
