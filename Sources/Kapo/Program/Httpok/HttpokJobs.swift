import Host
import Loop
import Machine

/// Commands of the shell that the listener runs, one at a time: a check, gcore, sendmail. They have its environment.
final class HttpokJobs {
    private let loop: EventLoop
    private let sides: SideCommands
    private let command: Command
    private var job: ShellJob?
    private var lastPID: Int32?

    /// True if the last one was killed because its time was over, and has not ended even so.
    var isStuck: Bool { lastPID.map(sides.isRunning) ?? false }

    init(_ runtime: Runtime, _ inherited: Signals.Inherited) {
        loop = runtime.loop
        let shell = Word("/bin/sh")
        sides = SideCommands(runtime.reaper, inherited, shell: shell)
        command = Command(words: [shell], environment: runtime.environment)
    }

    /// Runs one, with something to read. The handler is called once, from the loop or at once. One that outlives Kapo
    /// is not killed when that ends.
    func run(
        _ text: String, input: [UInt8] = [], mostOutput: Int, timeout: Int64, outlivesKapo: Bool = false,
        _ handler: @escaping (Result<ShellJob.Ending, SystemError>) -> Void
    ) {
        var task = ShellJob.Task(
            text: text, command: command, input: input, mostOutput: mostOutput, timeout: timeout)
        task.outlivesKapo = outlivesKapo
        do throws(SystemError) {
            let job = try ShellJob(loop, sides, task) { handler(.success($0)) }
            (self.job, lastPID) = (job, job.pid)
        } catch {
            handler(.failure(error))
        }
    }

    /// Ends the one that runs, whose handler is not called any more.
    func cancel() { job = nil }
}
