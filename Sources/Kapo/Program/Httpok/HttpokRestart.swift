import Document
import Host
import Supervisord

/// Restarts the processes that are meant, one after the other, and says what it does.
final class HttpokRestart {
    /// Bytes of what gcore writes that are told.
    private static let gcoreBytes = 16384
    /// Nanoseconds that a core file may take.
    private static let gcoreTimeout: Int64 = 600_000_000_000

    private let options: HttpokOptions
    private let client: SupervisordClient
    private let jobs: HttpokJobs
    private let say: (String) -> Void
    private var rest: ArraySlice<ProcessInfo> = []
    private var whenDone: () -> Void = {}

    /// `say` gets each line.
    init(
        _ options: HttpokOptions, _ client: SupervisordClient, _ jobs: HttpokJobs, say: @escaping (String) -> Void
    ) {
        (self.options, self.client, self.jobs, self.say) = (options, client, jobs, say)
    }

    /// Begins, with all processes that there are. `whenDone` is called once, from the loop or at once.
    func start(_ all: [ProcessInfo], whenDone: @escaping () -> Void) {
        self.whenDone = whenDone
        say(
            options.any
                ? "Restarting all running processes"
                : "Restarting selected processes \(PythonText.list(options.programs))")
        rest = all.filter(options.means)[...]
        next(missing: options.programs.filter { name in !all.contains { $0.isMeant(by: [name]) } })
    }

    private func next(missing: [String]) {
        // Ends: each turn takes a process away.
        while let process = rest.popFirst() {
            if options.isListener(process) {
                say("\(process.shownName) is this listener, NOT restarting")
            } else if options.restarts(process) {
                return restart(process) { [unowned self] in next(missing: missing) }
            } else {
                say("\(process.shownName) not in RUNNING state, NOT restarting")
            }
        }
        if !missing.isEmpty {
            say("Programs not restarted because they did not exist: \(PythonText.list(missing))")
        }
        whenDone()
    }

    private func restart(_ process: ProcessInfo, _ then: @escaping () -> Void) {
        guard process.state == .running else {
            say("\(process.shownName) is in \(process.state.name) state, restarting")
            return begin(process, then)
        }
        dump(process) { [unowned self] in
            say("\(process.shownName) is in RUNNING state, restarting")
            client.call(.stop(process.fullName)) { [unowned self] result in
                if case .failure(let failure) = result {
                    say("Failed to stop process \(process.shownName): \(failure)")
                }
                begin(process, then)
            }
        }
    }

    private func begin(_ process: ProcessInfo, _ then: @escaping () -> Void) {
        client.call(.start(process.fullName)) { [unowned self] result in
            switch result {
            case .failure(let failure): say("Failed to start process \(process.shownName): \(failure)")
            case .success: say("\(process.shownName) restarted")
            }
            then()
        }
    }

    /// Has a core file written, if that is wanted.
    private func dump(_ process: ProcessInfo, _ then: @escaping () -> Void) {
        guard let directory = options.coreDirectory, !options.gcore.isEmpty else { return then() }
        let slash = directory.hasSuffix("/") ? "" : "/"
        let file = "\(directory)\(slash)\(process.fullName)"
        let command = "\(options.gcore) \(ShellWord.quoted(file)) \(process.pid)"
        jobs.run(command, mostOutput: Self.gcoreBytes, timeout: Self.gcoreTimeout) { [unowned self] result in
            let output =
                switch result {
                case .failure(let error): "\(error)"
                case .success(let ending):
                    HttpokText.lines(ending.output)
                        + (ending.status == nil ? "\ngcore was not done within 600 s" : "") + "\n"
                }
            say("gcore output for \(process.shownName):\n\n \(output)")
            then()
        }
    }
}

extension HttpokOptions {
    /// True for a process that this listener looks after.
    func means(_ process: ProcessInfo) -> Bool { any || process.isMeant(by: programs) }

    /// True for this listener itself, which could not start what it has stopped.
    func isListener(_ process: ProcessInfo) -> Bool {
        process.pid == Int64(Invocation.pid) || "\(process.group):\(process.name)" == supervisord.listener
    }

    /// True for one that it would restart as it is now.
    func restarts(_ process: ProcessInfo) -> Bool {
        switch process.state {
        case .running: true
        case .exited, .fatal: startsFatal
        case .stopped, .starting, .backoff, .stopping, .unknown: false
        }
    }
}

extension ProcessInfo {
    /// The full name, for people.
    fileprivate var shownName: String { VisibleText.of(fullName) }
}
