import Glibc

@testable import Loop

/// The two servers on one loop, and the clients: it tells both the same script, and says what is wrong.
@safe final class Rig {
    /// What was reached.
    struct Tally {
        var scripts = 0
        /// Answers of the server that replays.
        var answers = 0
        /// Answers that were replayed for certain.
        var hits = 0
        /// Requests that were remembered when they were sent, together with others that were not.
        var likelyHits = 0
        /// Requests that were remembered when they were sent, and were not replayed: the second had passed.
        var misses = 0
    }

    let loop: EventLoop
    /// The one that replays, and the one that does not.
    let sides: [Side]
    private(set) var pairs: [Pair?] = Array(repeating: nil, count: Script.connections)
    /// The number of the current content.
    private(set) var serial = 0
    private(set) var tally = Tally()
    /// True once a connection was given up with answers under way: the servers may then have answered different numbers
    /// of requests.
    private var isUncertain = false
    /// How long what looks wrong may take to become right: packets can be late on a machine that has much to do.
    private let patience: Int
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 8)

    /// Two servers that nobody has connected to yet.
    init(patienceMilliseconds: Int = 500) throws {
        _ = Poison.isOn
        loop = try EventLoop()
        sides = try [Side(loop, replays: true), Side(loop, replays: false)]
        patience = patienceMilliseconds
    }

    deinit { unsafe buffer.deallocate() }

    /// Plays the script. What it returns is what is wrong, with the number of the step; nil when nothing is.
    func complaint(about script: Script) throws -> String? {
        try Sockets.withoutBrokenPipes { try play(script) }
    }

    private func play(_ script: Script) throws -> String? {
        tally.scripts = 1
        change(size: 100)
        for (number, step) in script.steps.enumerated() {
            if let complaint = try perform(step) { return leak("step \(number + 1), \(step.text): \(complaint)") }
        }
        for pair in pairs { pair?.resume() }
        if let complaint = pump() { return leak("at the end: \(complaint)") }
        if let complaint = leave() { return leak("after the end: \(complaint)") }
        return Poison.wasDamaged() ? leak("memory was written that had been freed") : nil
    }

    private func perform(_ step: Script.Step) throws -> String? {
        switch step {
        case .open(let number, let flavour):
            guard pairs[number]?.isOpen != true else { return nil }
            pairs[number]?.close(resetting: true)
            pairs[number] = try Pair(sides.map { try $0.connect(flavour) }, flavour)
        case .send(let number, let bytes): send(bytes, number)
        case .pump: return pump()
        case .turn:
            for pair in pairs { pair?.hurry() }
            _ = turn()
        case .content(let size): change(size: size)
        case .finish(let number): pairs[number]?.finish()
        case .close(let number): abandon(number, resetting: false)
        case .reset(let number): abandon(number, resetting: true)
        case .pause(let number): pairs[number]?.pause()
        case .resume(let number): pairs[number]?.resume()
        case .second: waitForSecond()
        }
        return nil
    }

    private func send(_ bytes: [UInt8], _ number: Int) {
        guard let pair = pairs[number] else { return }
        if pair.isLoose {
            for (index, side) in sides.enumerated() {
                let open = pairs.count { $0?.isAccepted == true && $0?.clients[index].isOpen == true }
                if side.server.counters.connectionsOpen < open { pair.mayBeCut = true }
            }
            // One server may be about to close it, and the other one may have.
            if pair.wasHurried { pair.mayBeCut = true }
            // What the server closed before it had heard it was not counted either.
            if pair.mayBeCut { isUncertain = true }
        }
        pair.send(bytes, at: now)
    }

    private func change(size: Int) {
        serial += 1
        let bytes = Content.bytes(serial: serial, size: size)
        for side in sides { side.publish(bytes) }
    }

    private func abandon(_ number: Int, resetting: Bool) {
        guard let pair = pairs[number], pair.isOpen else { return }
        if pair.isLoose { isUncertain = true }
        pair.close(resetting: resetting)
    }

    /// Now, for what is sent.
    private var now: Moment { Moment(serial: serial, second: WallClock.earliest) }

    private func waitForSecond() {
        let millisecond = WallClock.milliseconds() % 1000
        usleep(UInt32(1000 - millisecond + 30) * 1000)
    }

    // MARK: Work

    private func pump() -> String? {
        let expected = expectHits()
        let before = sides[0].server.counters.requestsServed
        work()
        if let expected {
            let isAnswered = sides[0].server.counters.requestsServed == before + UInt64(expected)
            // An answer of evhttp to a plain request would have set it.
            let isReplayed = isAnswered && sides[0].server.lastReply == .once
            if isReplayed { tally.hits += expected } else { tally.misses += expected }
        }
        let complaint = patiently { check() }
        guard complaint == nil else { return complaint }
        for pair in pairs.compactMap(\.self) {
            if !pair.burst.isEmpty { pair.isClean = pair.isClean && remembers(pair.burst) }
            if pair.burst.count > 1024 && remembers(pair.burst) {
                return "a request of \(pair.burst.count) bytes is remembered"
            }
            pair.checked = pair.clients.map(\.transcript.count)
            pair.pumped()
        }
        return nil
    }

    /// Turns the loop and reads until nothing happens any more.
    private func work() {
        var idleTurns = 0
        while idleTurns < 3 { idleTurns = turn() ? 0 : idleTurns + 1 }
    }

    /// Turns the loop once, and reads; true when something has happened.
    private func turn() -> Bool {
        let before = sides.map(\.signs)
        loop.turn()
        for side in sides { side.turned() }
        var hasNews = false
        for pair in pairs.compactMap(\.self) {
            for client in pair.clients where unsafe client.receive(into: buffer) { hasNews = true }
        }
        return hasNews || before != sides.map(\.signs)
    }

    private func patiently(_ check: () -> String?) -> String? {
        var complaint = check()
        let end = WallClock.milliseconds() + patience
        while complaint != nil && WallClock.milliseconds() < end {
            usleep(500)
            work()
            complaint = check()
        }
        return complaint
    }

    private func check() -> String? {
        for (number, pair) in pairs.enumerated() {
            guard let pair, pair.isReading, !pair.isGivenUp else { continue }
            var complaint = Comparison.difference(pair)
            if complaint != nil && pair.dependsOnTime {
                isUncertain = true
                complaint = nil
            }
            for (side, name) in Self.names.enumerated() where complaint == nil {
                complaint = Duties.breach(of: pair, side, serial: serial).map { "\(name): \($0)" }
            }
            if let complaint { return "connection \(number), \(complaint)" }
        }
        guard pairs.allSatisfy({ $0?.isReading != false }) else { return nil }
        let answering = sides.map(\.server.connectionsAnswering)
        return answering == [0, 0] ? nil : "\(answering[0]) answers wait with replay, \(answering[1]) without"
    }

    static let names = ["with replay", "without replay"]

    // MARK: Hits

    /// How many requests will be replayed, if all that is sent now are such.
    private func expectHits() -> Int? {
        let sending = pairs.compactMap(\.self).filter { !$0.burst.isEmpty }
        let known = sending.filter { $0.isClean && $0.isDrained && $0.isReading && remembers($0.burst) }.count
        guard known > 0 else { return nil }
        guard known == sending.count else {
            tally.likelyHits += known
            return nil
        }
        sides[0].server.lastReply = .once
        return known
    }

    private func remembers(_ bytes: [UInt8]) -> Bool {
        // The memory only reads the bytes.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe sides[0].server.memory.index(of: bytes, second: loop.second) != nil
        }
    }

    // MARK: The end

    /// Closes everything, and compares what the servers have counted.
    private func leave() -> String? {
        // A close without a reset would keep a port busy for a minute, and there are only so many ports.
        for pair in pairs { pair?.close(resetting: true) }
        work()
        let complaint = patiently { checkCounters() }
        tally.answers = Int(sides[0].server.counters.requestsServed)
        if complaint == nil { for side in sides { side.server.stopAccepting() } }
        return complaint
    }

    private func checkCounters() -> String? {
        let open = sides.map(\.server.counters.connectionsOpen)
        if open != [0, 0] { return "\(open[0]) connections are open with replay, \(open[1]) without" }
        if let complaint = check() { return complaint }
        guard !isUncertain else { return nil }
        let served = sides.map(\.server.counters.requestsServed)
        if served[0] != served[1] { return "\(served[0]) requests served with replay, \(served[1]) without" }
        let paths = sides.map { $0.server.counters.requestsByPath.map { "\($0.path) \($0.count)" } }
        if paths[0] != paths[1] { return "requests by path are \(paths[0]) with replay, \(paths[1]) without" }
        if sides[0].readyCount > sides[1].readyCount { return "\(Side.readyPath) is made more often with replay" }
        let live = sides.map(\.liveCount)
        return live[0] == live[1] ? nil : "the live route was called \(live[0]) times with replay, \(live[1]) without"
    }

    /// A server must outlive its connections, and after a complaint nobody knows what they are up to.
    private func leak(_ complaint: String) -> String {
        _ = unsafe Unmanaged.passRetained(self)
        return complaint
    }
}

/// The time of day.
enum WallClock {
    static func milliseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// The second that it is for a loop, whose clock can differ by some milliseconds either way: the earliest, and the
    /// latest.
    static var earliest: Int { (milliseconds() - 20) / 1000 }
    static var latest: Int { (milliseconds() + 20) / 1000 }
}
