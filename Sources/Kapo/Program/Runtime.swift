import Document
import Host
import Logging
import Loop
import Machine

/// What every mode needs: the loop, the console, the status socket, the service manager, and the way out.
final class Runtime {
    /// Nanoseconds that clients have for the rest of their answers when Kapo ends.
    static let farewell: Int64 = 1_000_000_000

    let loop: EventLoop
    let console: Console
    let manager = ServiceManager()
    private let socket: StatusSocket
    private let subject: StatusEntry.Subject
    private var published: [Report]?
    private var exitCode: Int32?
    private var departure: Timer?
    /// Monotonic time after which no client is waited for.
    private var latestDeparture: Int64 = 0
    /// Rounds of the loop that are still to come: one to accept and read what has arrived, one to answer it.
    private var roundsLeft = 2

    var log: Logger { console.log }

    init(_ loop: EventLoop, _ console: Console, _ socket: StatusSocket, _ job: Options.Job) {
        self.loop = loop
        self.console = console
        self.socket = socket
        subject = job.subject(sidebindPort: socket.sidebindPort)
        departure = Timer(loop) { [unowned self] in depart() }
        for place in socket.places { log.info("listening on \(place)") }
    }

    /// The moment that is now.
    var now: Moment { Moment(monotonic: Clock.monotonic, wall: Clock.wall) }

    /// Makes these the document, if they differ from what it says.
    func publish(_ reports: [Report]) {
        guard reports != published else { return }
        published = reports
        socket.restarts = reports.first?.restarts ?? 0
        socket.publish(StatusDocument.bytes(reports.map { StatusEntry(subject: subject, report: $0) }))
        manager.changed(to: reports)
    }

    /// Ends Kapo with `code` once what the command wrote is passed on. A second call does not wait for that.
    func finish(code: Int32) {
        manager.stopping()
        guard exitCode == nil else { return loop.stop() }
        exitCode = code
        socket.close()
        console.flush { [unowned self] in
            latestDeparture = Clock.monotonic + Self.farewell
            departure?.set(afterNanoseconds: 0)
        }
    }

    /// Leaves when requests that had arrived are answered.
    private func depart() {
        if roundsLeft > 0 {
            roundsLeft -= 1
            departure?.set(afterNanoseconds: 0)
        } else if socket.hasUnsentAnswers && Clock.monotonic < latestDeparture {
            departure?.set(afterNanoseconds: 1_000_000)
        } else {
            loop.stop()
        }
    }

    /// True once `finish` was called.
    var isFinishing: Bool { exitCode != nil }

    /// Runs the loop until the end, and returns the exit code.
    func run() -> Int32 {
        loop.run()
        return exitCode ?? KapoExit.failed
    }
}

/// Exit codes of Kapo's own, in the way of env(1) and timeout(1).
package enum KapoExit {
    /// Kapo itself failed: a port that is taken, no sockets from systemd, no memory.
    package static let failed: Int32 = 125
}
