import Testing

@testable import Loop

/// What is remembered, for how long, and how much of it.
struct ReplayMemoryTests {
    private func exchange(
        _ request: String, _ answer: String = "answer", closes: Bool = false
    )
        -> ReplayMemory.Exchange
    {
        ReplayMemory.Exchange(
            request: Array(request.utf8), answer: Array(answer.utf8), route: 0, tally: nil, closes: closes)
    }

    private func answer(_ memory: ReplayMemory, to request: String, second: Int = 1) -> String? {
        unsafe Array(request.utf8).withUnsafeBytes { unsafe memory.index(of: $0, second: second) }
            .map { String(decoding: memory[$0].answer, as: UTF8.self) }
    }

    @Test("the same bytes get the answer; other bytes, more of them or fewer, get none")
    func bytes() {
        var memory = ReplayMemory(capacity: 8)
        memory.remember(exchange("GET / HTTP/1.1\r\n\r\n", "one"), second: 1)
        memory.remember(exchange("GET /x HTTP/1.1\r\n\r\n", "two", closes: true), second: 1)
        #expect(answer(memory, to: "GET / HTTP/1.1\r\n\r\n") == "one")
        #expect(answer(memory, to: "GET /x HTTP/1.1\r\n\r\n") == "two")
        #expect(answer(memory, to: "GET / HTTP/1.1\r\n\r") == nil)
        #expect(answer(memory, to: "GET / HTTP/1.1\r\n\r\n ") == nil)
        #expect(answer(memory, to: "get / HTTP/1.1\r\n\r\n") == nil)
        #expect(answer(memory, to: "") == nil)
    }

    @Test("an answer is good for the second of its date, and for no other")
    func second() {
        var memory = ReplayMemory(capacity: 8)
        memory.remember(exchange("a"), second: 7)
        #expect(answer(memory, to: "a", second: 7) != nil)
        #expect(answer(memory, to: "a", second: 8) == nil)
        #expect(answer(memory, to: "a", second: 6) == nil)
        memory.remember(exchange("b"), second: 8)
        #expect(answer(memory, to: "b", second: 8) != nil)
        #expect(answer(memory, to: "a", second: 8) == nil)
        #expect(answer(memory, to: "a", second: 7) == nil)
    }

    @Test("the oldest request makes room for the ninth")
    func capacity() {
        var memory = ReplayMemory(capacity: 8)
        for number in 0..<20 {
            memory.remember(exchange("request \(number)", "answer \(number)"), second: 1)
            let known = (0...number).filter { answer(memory, to: "request \($0)") == "answer \($0)" }
            #expect(known == Array(max(0, number - 7)...number))
        }
    }

    @Test("nothing is left after a change, and the memory works on")
    func forget() {
        var memory = ReplayMemory(capacity: 8)
        for number in 0..<11 { memory.remember(exchange("request \(number)"), second: 1) }
        memory.forget()
        #expect((0..<11).allSatisfy { answer(memory, to: "request \($0)") == nil })
        for number in 0..<8 { memory.remember(exchange("request \(number)"), second: 1) }
        #expect((0..<8).allSatisfy { answer(memory, to: "request \($0)") != nil })
    }
}
