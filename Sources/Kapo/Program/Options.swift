import Checks
import Config
import Document
import Host
import Logging
import Machine

/// Everything that a program needs to know, as plain values: options, environment and defaults are behind it.
package struct Options: Sendable {
    /// Where Kapo listens.
    package struct Listen: Sendable {
        /// False when nobody is to be told over TCP.
        package var isWanted = true
        package var port: Port = Port(6666)
        /// Listen on these too.
        package var furtherPorts: [Port] = []
        package var address: SocketAddress = .any
        /// Also listen on the first free port above `port`.
        package var sidebind = false
        /// Listen on descriptors from systemd instead.
        package var socketActivation = false
        /// Where agent checks are answered; nil for nowhere.
        package var agentPort: Port?
        /// Give a remembered answer to a request that comes again byte for byte.
        package var replays = true
        /// How many answers are remembered for that: most have a document and a few pages that are asked for.
        package var rememberedAnswers = 8

        /// The defaults.
        package init() {}
    }

    /// What becomes of the command's output.
    package struct Output: Sendable {
        package var capturesStandardOutput = false
        package var capturesStandardError = false
        /// Captured lines become log lines.
        package var logsLines = false

        /// The defaults: the command inherits Kapo's own descriptors.
        package init() {}
    }

    /// How Kapo logs.
    package struct Log: Sendable {
        package var format: LogLine.Format = .text
        package var level: Logger.Level = .info
        package var target = LogTarget.standardError

        /// The defaults.
        package init() {}
    }

    /// What Kapo does.
    package enum Job: Sendable {
        /// `run` and `supervise`.
        case child(ChildOptions)
        /// `immortal`, `dir`, and `supervise --config-dir`.
        case services(ServicesOptions)
        /// `watch`.
        case watch(name: Word, pid: Int32?, intervalNanoseconds: Int64)
        /// `proxy`.
        case proxy(ProxyOptions)
        /// `httpok`.
        case httpok(HttpokOptions)
    }

    package var listen = Listen()
    package var output = Output()
    package var log = Log()
    package var job: Job
    /// What must be there before anything else is done.
    package var requirements: Requirements?
    /// Goes on in the background, once it has begun, and logs to syslog.
    package var isDaemon = false

    /// The defaults, for that job.
    package init(job: Job) {
        self.job = job
    }
}

extension Options.Job {
    /// Descriptors that connections may not use up: for spawning, logging, and the processes that are watched.
    var reservedDescriptors: Int {
        switch self {
        case .child, .httpok: 64
        // A socket, a lock, a pipe and a directory each, for as many as there may be.
        case .services: Descriptor.limit / 4 * 3
        case .watch: 64 + WatchDriver.mostFollowed
        // A socket for each check and those that are kept, unless the clients would be left with too little.
        case .proxy(let proxy):
            min(
                64 + proxy.file.mostChecks + (proxy.file.keepAlive.nanoseconds > 0 ? Checker.Limits.kept : 0),
                Descriptor.limit / 2)
        }
    }

    /// What is reported on.
    var subject: StatusBoard.Kind {
        switch self {
        case .child, .watch, .httpok: .command
        case .services: .services
        case .proxy: .spool
        }
    }
}

extension ChildOptions {
    /// The part of the command's entry in the document that does not change.
    func subject(sidebindPort: UInt16) -> StatusEntry.Subject {
        let (mode, wait): (StatusEntry.Mode, Int64) =
            switch policy.afterExit {
            case .finish(let wait): (.run, wait)
            case .restart(let restart): (.supervise, restart.waitNanoseconds)
            }
        return StatusEntry.Subject(
            mode: mode, command: words[0].text, arguments: words.dropFirst().map(\.text),
            sidebindPort: sidebindPort, waitNanoseconds: wait)
    }
}
