import Glibc

/// How long a test waits for what must come; far more than it ever takes on a machine that does other things as well.
let patience = Duration.seconds(20)

/// Asks again and again until the answer is not nil; throws when it has not come within the deadline.
func eventually<Value>(
    _ what: @autoclosure () -> String, within deadline: Duration = patience, _ answer: () throws -> Value?
) throws -> Value {
    let end = ContinuousClock.now + deadline
    while true {
        if let value = try answer() { return value }
        guard ContinuousClock.now < end else { throw HarnessError("not within \(deadline): \(what())") }
        pause(.milliseconds(10))
    }
}

/// Waits until the condition holds; throws when it does not within the deadline.
func eventually(
    _ what: @autoclosure () -> String, within deadline: Duration = patience, that condition: () throws -> Bool
) throws {
    _ = try eventually(what(), within: deadline) { try condition() ? true : nil }
}

/// Lets that much time pass. For "nothing happens in the meantime", and between two looks; never as synchronisation.
func pause(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    usleep(UInt32(seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
}
