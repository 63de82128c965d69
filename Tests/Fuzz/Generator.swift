import Chance

/// Makes scripts: the same one for the same seed.
struct Generator {
    /// What a script is mostly about.
    enum Theme: Sendable {
        /// Small contents, and clients that read.
        case plain
        /// Contents that do not fit into the sockets, and clients that do not read.
        case full
        /// Seconds that pass.
        case time
    }

    private var random: SeededGenerator
    private let theme: Theme
    private let connections: Int
    /// How often in a hundred steps something else is sent than what is to be remembered.
    private let wildness: Int
    /// How often in a hundred requests one is answered later.
    private let laterness: Int
    /// What is sent again and again.
    private var pool: [[UInt8]] = []
    private var script = Script()
    /// Connections that were opened and not closed, as far as is known here.
    private var open: Set<Int> = []
    private var seconds = 0

    private init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        // Seldom: it takes a second.
        theme = seed % 500 == 499 ? .time : random.percent(30) ? .full : .plain
        connections = random.number(1..<Script.connections + 1)
        wildness = random.pick([0, 10, 50])
        laterness = random.pick([0, 0, 0, 25])
    }

    /// The script of that seed.
    static func script(seed: UInt64) -> Script {
        var generator = Generator(seed: seed)
        return generator.make()
    }

    private mutating func make() -> Script {
        for _ in 0..<random.number(1..<5) { pool.append(wildness == 0 ? request() : unit()) }
        if theme == .full || random.percent(30) { changeContent() }
        let count = random.number(10..<100)
        while script.steps.count < count { act() }
        return script
    }

    // MARK: What is sent

    /// Something that may be remembered as one, or looks as if it could.
    private mutating func unit() -> [UInt8] {
        switch random.number(0..<20) {
        case 0..<12: return request()
        case 12: return request() + request()
        case 13: return request() + Mutation.mutated(request(), &random)
        case 14: return request() + request().prefix(random.number(1..<12))
        case 15: return body(of: request()).joined()
        case 16: return Mutation.mutated(request(), &random)
        case 17: return random.pick(Requests.odd)
        case 18: return random.pick(Requests.live)
        default: return Requests.long(random.pick([1022, 1023, 1024, 1025, 1026, 2000, 5000]))
        }
    }

    private mutating func request() -> [UInt8] {
        if random.percent(laterness) { return random.pick(Requests.later) }
        return random.percent(75) ? random.pick(Requests.plain) : random.pick(Requests.closing)
    }

    /// A request whose body is, or contains, another one.
    private mutating func body(of bytes: [UInt8]) -> [[UInt8]] {
        let expect = random.percent(20) ? "Expect: 100-continue\r\n" : ""
        switch random.number(0..<8) {
        case 0...3: return [Requests.head(bodyOf: bytes.count, expect), bytes]
        case 4: return [Requests.head(bodyOf: max(0, bytes.count + random.number(-3..<4)), expect), bytes]
        case 5: return [Requests.head(bodyOf: bytes.count * 2, expect), bytes, bytes]
        case 6:
            let head = Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\(expect)\r\n".utf8)
            let size = Array("\(String(bytes.count, radix: 16))\r\n".utf8)
            return [head, size, bytes, Array("\r\n0\r\n\r\n".utf8)]
        default: return [Requests.head(bodyOf: random.pick([2047, 2048, 2049, 3000]), expect), bytes]
        }
    }

    private mutating func garbage() -> [UInt8] {
        let count = random.pick([1, 5, 40, 1000, 6000])
        return (0..<count).map { _ in UInt8(random.number(0..<256)) }
    }

    // MARK: What is done

    private mutating func act() {
        let connection = random.number(0..<connections)
        ensureOpen(connection)
        guard !random.percent(wildness) else { return actWildly(connection) }
        switch random.number(0..<100) {
        case 0..<50: say(random.pick(pool), on: connection)
        case 50..<78: repeatedly(connection)
        case 78..<86: changeContent()
        case 86..<89: ending(connection)
        default: special(connection)
        }
    }

    private mutating func actWildly(_ connection: Int) {
        switch random.number(0..<100) {
        case 0..<25: say(Mutation.mutated(random.pick(pool), &random), on: connection)
        case 25..<45: inPieces(Mutation.cut(random.pick(pool), &random), on: connection)
        case 45..<65: say((0..<random.number(2..<6)).flatMap { _ in random.pick(pool) }, on: connection)
        case 65..<88: inPieces(body(of: random.pick(pool)), on: connection)
        case 88..<96: say(unit(), on: connection)
        default: say(random.percent(50) ? garbage() : random.pick(Requests.odd), on: connection)
        }
    }

    /// Opens a connection that is not, or that the server has closed: for one that is open it does nothing.
    private mutating func ensureOpen(_ connection: Int) {
        guard !open.contains(connection) || random.percent(75) else { return }
        open.insert(connection)
        let isSmall = random.percent(theme == .full ? 50 : 5)
        script.steps.append(.open(connection, Script.Flavour(isDeferred: random.percent(30), isSmall: isSmall)))
        if random.percent(20) { script.steps.append(.pump) }
    }

    private mutating func say(_ bytes: [UInt8], on connection: Int) {
        script.steps.append(.send(connection, bytes))
        if random.percent(laterness) { script.steps += Array(repeating: .turn, count: random.number(1..<4)) }
        if random.percent(theme == .full ? 65 : 85) { script.steps.append(.pump) }
    }

    private mutating func repeatedly(_ connection: Int) {
        let bytes = random.pick(pool)
        for _ in 0..<random.number(2..<8) {
            say(bytes, on: connection)
            ensureOpen(connection)
        }
    }

    private mutating func inPieces(_ pieces: [[UInt8]], on connection: Int) {
        for piece in pieces {
            script.steps.append(.send(connection, piece))
            if random.percent(80) { script.steps.append(.pump) }
            if random.percent(10) { say(random.pick(pool), on: random.number(0..<connections)) }
            if random.percent(5) { changeContent() }
        }
    }

    private mutating func changeContent() {
        let size =
            switch (theme, random.number(0..<10)) {
            case (.full, 0..<7): random.number(20_000..<65_000)
            case (.full, 7): random.number(65_300..<65_600)
            case (.full, 8): random.pick([65_537, 70_000, 150_000])
            default: random.number(Content.smallest..<400)
            }
        script.steps.append(.content(size))
    }

    /// Answers pile up: the first ones in the sockets, the others in the server.
    private mutating func notReading(_ connection: Int) {
        let bytes = random.pick(pool)
        // Often first on another, wide connection: only an answer that is sent at once is remembered.
        if random.percent(60) {
            let other = random.number(0..<Script.connections)
            openAnew(other, Script.Flavour())
            script.steps += [.send(other, bytes), .pump]
        }
        if random.percent(60) { openAnew(connection, Script.Flavour(isSmall: true)) }
        script.steps.append(.pause(connection))
        say(bytes, on: connection)
        for _ in 0..<random.number(0..<4) {
            say(random.percent(25) ? leftover() : random.pick(pool), on: connection)
        }
        if random.percent(20) { changeContent() }
        if random.percent(20) { say(random.pick(pool), on: random.number(0..<connections)) }
        if random.percent(35) { script.steps.append(.finish(connection)) }
        if random.percent(10) { script.steps.append(.pump) }
        if random.percent(80) { script.steps.append(.resume(connection)) }
        if random.percent(80) { script.steps.append(.pump) }
    }

    private mutating func openAnew(_ connection: Int, _ flavour: Script.Flavour) {
        open.insert(connection)
        script.steps += [.reset(connection), .open(connection, flavour)]
    }

    /// Everything, and once more when a second has passed.
    private mutating func waiting(_ connection: Int) {
        guard seconds < 1 else { return say(random.pick(pool), on: connection) }
        seconds += 1
        for bytes in pool {
            openAnew(connection, Script.Flavour())
            script.steps += [.send(connection, bytes), .pump]
        }
        script.steps.append(.second)
        for bytes in pool {
            openAnew(connection, Script.Flavour())
            script.steps += [.send(connection, bytes), .pump]
        }
    }

    /// What a client may send behind its last request.
    private mutating func leftover() -> [UInt8] {
        switch random.number(0..<4) {
        case 0: Array(random.pick(["\r", "\n", "\r\n", " ", "G"]).utf8)
        case 1: Array(request().dropLast(random.number(1..<12)))
        case 2: random.pick(Requests.odd)
        default: garbage()
        }
    }

    private mutating func ending(_ connection: Int) {
        guard random.percent(50) else { return script.steps.append(.finish(connection)) }
        open.remove(connection)
        script.steps.append(random.percent(60) ? .close(connection) : .reset(connection))
    }

    private mutating func special(_ connection: Int) {
        switch theme {
        case .plain: say(random.pick(pool), on: connection)
        case .full: notReading(connection)
        case .time: waiting(connection)
        }
    }
}

extension [[UInt8]] {
    func joined() -> [UInt8] { flatMap(\.self) }
}
