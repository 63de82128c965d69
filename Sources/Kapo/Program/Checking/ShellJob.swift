import Checks
import Host
import Loop
import Machine

/// A command of the shell that is given something to read, and whose output is kept: it has so much time, and is killed
/// with its process group when that is over.
final class ShellJob {
    /// How it ended, and what it wrote.
    struct Ending: Equatable {
        /// Nil when it took too long.
        var status: ExitStatus?
        /// True when it took too long because Kapo itself stood still.
        var isStandstill = false
        /// The first bytes of what it wrote to standard output and error.
        var output: [UInt8] = []
    }

    /// What is to be done.
    struct Task {
        var text: String
        /// Whose surroundings it has.
        var command: Command
        var variables: [(name: String, value: String)] = []
        var input: [UInt8] = []
        /// Bytes of the output that are kept; the rest is read and dropped.
        var mostOutput = 4096
        var timeout: Int64
        /// True when it is to do its work although Kapo has ended, and what it leaves behind, too.
        var outlivesKapo = false
    }

    private let loop: EventLoop
    private let sides: SideCommands
    private let mostOutput: Int
    private let outlivesKapo: Bool
    private var whenOver: ((Ending) -> Void)?
    private var capture: Capture?
    private var deadline: Timer?
    private var output: [UInt8] = []
    /// Monotonic time at which it is late.
    private let end: Int64
    private(set) var pid: Int32

    /// Starts it. `whenOver` is called once, from the loop, unless this object is gone by then, which kills the
    /// command.
    init(
        _ loop: EventLoop, _ sides: SideCommands, _ task: Task, whenOver: @escaping (Ending) -> Void
    ) throws(SystemError) {
        (self.loop, self.sides, self.whenOver) = (loop, sides, whenOver)
        (mostOutput, outlivesKapo, end) = (task.mostOutput, task.outlivesKapo, Clock.monotonic + task.timeout)
        let input = try MemoryFile.holding(task.input)
        let (readEnd, writeEnd) = try Pipe().release()
        let reading = Descriptor(owning: readEnd)
        // The command has its copy of this end.
        let writing = Descriptor(owning: writeEnd)
        pid = 0
        var command = task.command
        // A service outlives a Kapo that is killed; what runs beside it has nobody to tell then.
        command.deathSignal = task.outlivesKapo ? nil : Signals.kill
        // Its output goes nowhere once Kapo has ended, and that is no reason to end.
        let text = task.outlivesKapo ? "trap '' PIPE\n\(task.text)" : task.text
        pid = try sides.start(
            text, like: command, variables: task.variables, input: input.number, output: writing.number,
            mayGoOn: task.outlivesKapo
        ) { [weak self] status in
            self?.ended(status)
        }
        capture = Capture(
            loop, reading.release(),
            Capture.Sink(bytes: { [unowned self] in keep($0) }, boundary: {}))
        deadline = Timer(loop) { [unowned self] in late() }
        deadline?.set(afterNanoseconds: task.timeout)
    }

    deinit { if whenOver != nil && !outlivesKapo { sides.signal(pid, Signals.kill) } }

    private func keep(_ bytes: Span<UInt8>) {
        for index in 0..<min(bytes.count, mostOutput - output.count) { output.append(bytes[index]) }
    }

    private func ended(_ status: ExitStatus) {
        // What is in the pipe now is the last that it wrote; whom it left behind is not waited for.
        capture?.markBoundary()
        conclude(status)
    }

    private func late() {
        sides.signal(pid, Signals.kill)
        conclude(nil, isStandstill: Standstill.isMeant(by: end))
    }

    private func conclude(_ status: ExitStatus?, isStandstill: Bool = false) {
        guard let whenOver else { return }
        self.whenOver = nil
        capture?.finish()
        deadline = nil
        whenOver(Ending(status: status, isStandstill: isStandstill, output: output))
    }
}
