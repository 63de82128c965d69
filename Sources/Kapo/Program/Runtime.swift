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
    let reaper = Reaper()
    let manager: ServiceManager
    let board: StatusBoard
    /// The directory that Kapo was started in, open as long as it runs; nil when it cannot be opened. Kapo itself moves
    /// to the root when somebody wants it.
    private(set) lazy var startDirectory = (try? WorkingDirectory.leave())?.release()
    private(set) lazy var checkSupplies = CheckSupplies(random: UInt64.random(in: 0 ... .max))
    private var peekPipeMade: PeekPipe?
    /// What commands find in their environment, for all of them to share.
    let environment = Invocation.environmentForCommand
    private let socket: StatusSocket?
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

    /// Without a socket, nobody is told.
    init(_ loop: EventLoop, _ console: Console, _ board: StatusBoard, _ socket: StatusSocket?) {
        self.loop = loop
        self.console = console
        self.board = board
        self.socket = socket
        manager = ServiceManager(console.log)
        board.whenChanged = { [unowned self] in changed(document: $0) }
        departure = Timer(loop) { [unowned self] in depart() }
        for place in socket?.places ?? [] { log.info("listening on \(place)") }
    }

    private func changed(document: Bool) {
        socket?.changed(document: document)
        manager.changed(to: board)
        if board.isReady { manager.ready(board) }
    }

    /// What all FIFOs are read through.
    var peekPipe: PeekPipe {
        get throws(SystemError) {
            if let peekPipeMade { return peekPipeMade }
            let pipe = try PeekPipe()
            peekPipeMade = pipe
            return pipe
        }
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
            socket?.finish()
            console.flush { [unowned self] in
                stage = .leaving(rounds: 2, since: Clock.monotonic)
                departure?.set(afterNanoseconds: 0)
            }
        case .flushing: break
        case .leaving(let rounds, let start) where rounds > 0:
            stage = .leaving(rounds: rounds - 1, since: start)
            if rounds == 1 { socket?.closeForgotten() }
            departure?.set(afterNanoseconds: 0)
        case .leaving(_, let start):
            let waited = Clock.monotonic - start
            guard let socket else { return loop.stop() }
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
