import Host
import Loop
import Supervisord

/// `httpok`: an event listener of supervisord, which has a URL asked for each TICK.
final class Httpok: ProgramMode {
    /// Bytes of an event that are read at once.
    private static let readBytes = 65536

    var signals: [Int32] { Signals.stopping + [Signals.child] }

    private let runtime: Runtime
    private let output: Outlet
    private var input = ListenerInput()
    private var watch: DescriptorWatch?
    /// For an input that cannot be waited for, such as a file.
    private var turn: Timer?
    private var tick: HttpokTick?
    /// Set when a TICK has been dealt with: whoever says so has not always returned.
    private var over: Timer?
    /// True while an event is being dealt with, and nothing is read.
    private var isBusy = false

    /// Throws why supervisord cannot be reached at all.
    init(_ runtime: Runtime, _ options: HttpokOptions, _ inherited: Signals.Inherited) throws(Program.Failure) {
        self.runtime = runtime
        output = Outlet(runtime.loop, 1)
        tick = try HttpokTick(runtime, options, inherited)
        watch = DescriptorWatch(runtime.loop, StandardInput.number, .readable) { [unowned self] in read() }
        turn = Timer(runtime.loop) { [unowned self] in read() }
        over = Timer(runtime.loop) { [unowned self] in
            isBusy = false
            acknowledge()
            goOn()
        }
    }

    /// Asks supervisord for the first event.
    func begin() {
        send(ListenerOutput.ready)
        listen()
    }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        if number == Signals.child { return runtime.reaper.reap() }
        end(0)
    }

    private func listen() {
        if watch?.start() == false { turn?.set(afterNanoseconds: 0) }
    }

    private func read() {
        watch?.stop()
        do throws(SystemError) {
            guard let bytes = try StandardInput.read(upTo: Self.readBytes) else { return listen() }
            // supervisord is gone.
            if bytes.isEmpty { return end(0) }
            input.take(bytes)
            goOn()
        } catch {
            runtime.log.error("standard input: \(error)")
            end(1)
        }
    }

    /// Deals with what has come, until an event takes longer, or more must come.
    private func goOn() {
        do throws(ListenerInput.Mistake) {
            // Ends: each turn takes an event away, and nothing comes meanwhile.
            while !isBusy, let event = try input.next() {
                if event.hasPrefix("TICK") { work() } else { acknowledge() }
            }
            if !isBusy { listen() }
        } catch {
            runtime.log.error("this is no event of supervisord: \(error)")
            end(1)
        }
    }

    private func work() {
        isBusy = true
        tick?.start { [unowned self] in over?.set(afterNanoseconds: 0) }
    }

    private func acknowledge() {
        send(ListenerOutput.done + ListenerOutput.ready)
    }

    private func send(_ bytes: [UInt8]) { output.write(bytes.span) }

    private func end(_ code: Int32) {
        watch?.stop()
        turn?.cancel()
        over?.cancel()
        tick?.cancel()
        runtime.finish(code: code)
    }
}
