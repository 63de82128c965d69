import Document
import Host
import Logging
import Loop
import Machine

/// What every mode needs: the loop, the console, the status socket, the service manager, and the way out.
final class Runtime {
    /// Nanoseconds that clients have for the rest of their answers when Kapo ends.
    static let farewell: Int64 = 1_000_000_000
    /// Nanoseconds of that in which clients who have just been answered may ask once more: a close that crosses a
    /// request on its way would be a reset to them.
    static let patience: Int64 = 50_000_000

    let loop: EventLoop
    let console: Console
    let manager: ServiceManager
    private let socket: StatusSocket
    private let subject: StatusEntry.Subject
    private let metrics: MetricsReader
    private var published: (reports: [Report], health: Health)?
    private var exitCode: Int32?
    private var departure: Timer?
    private var stage = Stage.serving

    /// How far the end has come.
    private enum Stage {
        /// The listeners are open.
        case serving
        /// They are closed; what the command wrote is not all passed on.
        case flushing
        /// Requests that have arrived are answered, each as the last on its connection: so many rounds of the loop to
        /// read and to answer them, and nobody is waited for longer than for `farewell` since this monotonic time.
        case leaving(rounds: Int, since: Int64)
    }

    var log: Logger { console.log }

    init(_ loop: EventLoop, _ console: Console, _ socket: StatusSocket, _ job: Options.Job) {
        self.loop = loop
        self.console = console
        manager = ServiceManager(console.log)
        self.socket = socket
        subject = job.subject(sidebindPort: socket.sidebindPort)
        metrics = MetricsReader(console, subject)
        socket.metrics = { [unowned self] counters in
            let reports = published?.reports ?? []
            let timeToLive = reports.first?.expiresAt.map { $0 - Clock.monotonic }
            return metrics.read(reports, timeToLive: timeToLive, counters)
        }
        departure = Timer(loop) { [unowned self] in depart() }
        for place in socket.places { log.info("listening on \(place)") }
    }

    /// The moment that is now.
    var now: Moment { Moment(monotonic: Clock.monotonic, wall: Clock.wall) }

    /// Makes these the document and the health, if they differ from what is said.
    func publish(_ reports: [Report], _ health: Health) {
        guard reports != published?.reports || health != published?.health else { return }
        published = (reports, health)
        socket.restarts = reports.first?.restarts ?? 0
        socket.publish(
            StatusDocument.bytes(reports.map { StatusEntry(subject: subject, report: $0) }),
            health, HealthPages(health, reports, at: Clock.wall))
        manager.changed(to: reports)
        if health.blocker == nil { manager.ready() }
    }

    /// Ends Kapo with `code` once what the command wrote is passed on. A second call does not wait for that.
    func finish(code: Int32) {
        manager.stopping()
        guard exitCode == nil else { return loop.stop() }
        exitCode = code
        departure?.set(afterNanoseconds: 0)
    }

    /// Takes the next step towards the end, a round of the loop after the one before.
    private func depart() {
        switch stage {
        case .serving:
            // Not in `finish`: connections that wait to be accepted would be reset, and this round accepted them.
            stage = .flushing
            socket.finish()
            console.flush { [unowned self] in
                stage = .leaving(rounds: 2, since: Clock.monotonic)
                departure?.set(afterNanoseconds: 0)
            }
        case .flushing: break
        case .leaving(let rounds, let start) where rounds > 0:
            stage = .leaving(rounds: rounds - 1, since: start)
            if rounds == 1 { socket.closeForgotten() }
            departure?.set(afterNanoseconds: 0)
        case .leaving(_, let start):
            let waited = Clock.monotonic - start
            let isPatient = waited < Self.patience && socket.hasConnections
            guard waited < Self.farewell, isPatient || !socket.closeIdle() else { return loop.stop() }
            departure?.set(afterNanoseconds: 1_000_000)
        }
    }

    /// True once `finish` was called.
    var isFinishing: Bool { exitCode != nil }

    /// Runs the loop until the end, and returns the exit code.
    func run() -> Int32 {
        Memory.releaseStart()
        loop.run()
        return exitCode ?? KapoExit.failed
    }
}

/// Exit codes of Kapo's own, in the way of env(1) and timeout(1).
package enum KapoExit {
    /// Kapo itself failed: a port that is taken, no sockets from systemd, no memory.
    package static let failed: Int32 = 125
}
