import Config
import Document
import Host
import Logging
import Machine

/// Everything that a program needs to know, as plain values: options, environment and defaults are behind it.
package struct Options: Sendable {
    /// Where Kapo listens.
    package struct Listen: Sendable {
        package var port: Port = Port(6666)
        package var address: SocketAddress = .any
        /// Also listen on the first free port above `port`.
        package var sidebind = false
        /// Listen on descriptors from systemd instead.
        package var socketActivation = false
        /// Where agent checks are answered; nil for nowhere.
        package var agentPort: Port?
        /// Give a remembered answer to a request that comes again byte for byte.
        package var replays = true

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

        /// The defaults.
        package init() {}
    }

    /// What Kapo does.
    package enum Job: Sendable {
        /// `run` and `supervise`.
        case child(ChildOptions)
        /// `watch`.
        case watch(name: Word, pid: Int32?, intervalNanoseconds: Int64)
    }

    package var listen = Listen()
    package var output = Output()
    package var log = Log()
    package var job: Job

    /// The defaults, for that job.
    package init(job: Job) {
        self.job = job
    }
}

extension Options.Job {
    /// Descriptors that connections may not use up: for spawning, logging, and the processes that are watched.
    var reservedDescriptors: Int {
        switch self {
        case .child: 64
        case .watch: 64 + WatchDriver.mostFollowed
        }
    }

    /// The part of the document's entries that does not change.
    func subject(sidebindPort: UInt16) -> StatusEntry.Subject {
        switch self {
        case .child(let options):
            let (mode, wait): (StatusEntry.Mode, Int64) =
                switch options.policy.afterExit {
                case .finish(let wait): (.run, wait)
                case .restart(let restart): (.supervise, restart.waitNanoseconds)
                }
            return StatusEntry.Subject(
                mode: mode, command: options.words[0].text, arguments: options.words.dropFirst().map(\.text),
                sidebindPort: sidebindPort, waitNanoseconds: wait)
        case .watch(let name, _, let interval):
            return StatusEntry.Subject(
                mode: .watch, command: name.text, arguments: [], sidebindPort: sidebindPort,
                waitNanoseconds: interval)
        }
    }
}
