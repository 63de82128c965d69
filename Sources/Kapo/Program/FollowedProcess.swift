import Host
import Loop

/// A process that need not be Kapo's child, and whose end is an event.
final class FollowedProcess {
    private let process: ProcessHandle
    private let watch: DescriptorWatch

    var pid: Int32 { process.pid }

    /// Calls `whenEnded` once, from the loop, unless this object is gone by then.
    init(_ loop: EventLoop, _ process: consuming ProcessHandle, whenEnded: @escaping () -> Void) {
        watch = DescriptorWatch(loop, process.number, .readable, whenEnded)
        self.process = process
        watch.start()
    }

    deinit { watch.stop() }

    /// Sends a signal to it alone.
    func signal(_ number: Int32) throws(SystemError) { try Signals.send(number, to: process) }

    /// Sends a signal to the group that it leads, or to it alone when it leads none.
    func signalGroup(_ number: Int32) throws(SystemError) { try Signals.send(number, toGroupOf: process) }
}
