import Config
import Document
import Host
import Loop

/// Calls to many services at the same time, 64 at most. Directories of dead ones are purged.
final class ServiceCalls {
    /// Calls under way at most: more would wait for each other in a queue, and take descriptors meanwhile.
    private static let mostAtOnce = 64

    /// What came of all of them.
    struct Findings {
        /// The services that answered, or should have, in no order.
        var rows: [ServiceRow] = []
        /// Services that have ended because they were told to.
        var ended = 0
        /// True when one was not reached, or did not obey.
        var hasErrors: Bool { rows.contains { !$0.error.isEmpty } }
    }

    private let loop: EventLoop
    private let order: CtlOrder?
    private let timeoutSeconds: Int64
    private let handler: (Findings) -> Void
    private var waiting: ArraySlice<ServicePlace>
    private var calls: [Int: ServiceCall] = [:]
    private var nextCall = 0
    private var findings = Findings()
    /// Begins the calls that have become possible, in a round of the loop of its own.
    private var timer: Timer?

    /// Calls to these services, each with that much time. The handler is called once, from the loop; it may let go of
    /// this object.
    init(
        _ loop: EventLoop, _ places: [ServicePlace], _ order: CtlOrder?, timeoutSeconds: Int64,
        _ handler: @escaping (Findings) -> Void
    ) {
        (self.loop, self.order, self.timeoutSeconds, self.handler) = (loop, order, timeoutSeconds, handler)
        waiting = places[...]
        timer = Timer(loop) { [unowned self] in goOn() }
    }

    /// Begins.
    func start() {
        timer?.set(afterNanoseconds: 0)
    }

    private func goOn() {
        // Ends: each turn takes a place away.
        while calls.count < Self.mostAtOnce, let place = waiting.popFirst() { call(place) }
        if calls.isEmpty && waiting.isEmpty { handler(findings) }
    }

    private func call(_ place: ServicePlace) {
        let number = nextCall
        nextCall += 1
        let call = ServiceCall(loop, place, order, timeoutSeconds: timeoutSeconds) { [unowned self] in
            switch $0 {
            case .row(let row): findings.rows.append(row)
            case .ended: findings.ended += 1
            case .dead: place.purge()
            }
            calls[number] = nil
            timer?.set(afterNanoseconds: 0)
        }
        calls[number] = call
        call.start()
    }
}
