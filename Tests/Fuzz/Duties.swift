import Glibc

/// What a server owes its clients, whatever another one does.
enum Duties {
    /// What one side of a connection has done wrong since it was last checked; nil when nothing.
    static func breach(of pair: Pair, _ side: Int, serial: Int) -> String? {
        let client = pair.clients[side]
        let answers = client.transcript.answers
        let checked = pair.checked[side]
        for index in min(checked, answers.count)..<answers.count {
            if let breach = breach(by: answers[index], index, of: pair, serial: serial) {
                return "answer \(index + 1), \(answers[index]): \(breach)"
            }
            if index > 0 && answers[index - 1].closes { return "answer \(index + 1) comes behind a close" }
            let earlier = answers[..<index].last { number(in: $0) != nil && kind(of: $0) == kind(of: answers[index]) }
            if let earlier = earlier.flatMap(number(in:)), let now = number(in: answers[index]) {
                let isLive = kind(of: answers[index]) == 1
                if now < earlier || isLive && now == earlier {
                    return "answer \(index + 1) is older than the one before"
                }
            }
        }
        if checked <= answers.count, let date = client.transcript.restDate,
            let breach = breach(by: date, since: floor(answers.count, pair))
        {
            return "the last answer: \(breach)"
        }
        if client.ending != .closed && client.ending != .reset && !client.transcript.endsWhole {
            return "an answer is not whole: \"\(EscapedBytes.text(of: Array(client.transcript.rest.prefix(300))))\""
        }
        if client.isOpen && answers.last?.closes == true { return "it is open, and was to be closed" }
        // The server ends a connection behind what says so, and behind HTTP/1.0.
        let hasEnded = client.ending == .finished && client.transcript.rest.isEmpty
        let mayEnd = !hasEnded || pair.hasOldVersion || client.transcript.answers.contains { $0.closes }
        let isComplete = client.isOpen || !mayEnd
        if let requests = pair.requests, isComplete, client.transcript.count < requests.count {
            return "\(client.transcript.count) of \(requests.count) requests are answered"
        }
        return nil
    }

    private static func breach(by answer: Answer, _ index: Int, of pair: Pair, serial: Int) -> String? {
        if let requests = pair.requests, index >= requests.count { return "nobody asked" }
        let floor = floor(index, pair)
        if case .content(let number) = answer.body {
            if number > serial { return "a content of the future" }
            if let floor, number < floor.serial { return "content \(floor.serial) was there when it was asked for" }
        }
        if case .other(let bytes) = answer.body, answer.isSuccess {
            return "not a content: \(EscapedBytes.text(of: Array(bytes.prefix(100))))"
        }
        return answer.date.flatMap { breach(by: $0, since: floor) }
    }

    /// The moment that an answer must not be older than; nil when it is not known which request it belongs to.
    private static func floor(_ index: Int, _ pair: Pair) -> Moment? {
        if let requests = pair.requests { return index < requests.count ? requests[index] : nil }
        return pair.isLoose ? nil : pair.floor
    }

    private static func breach(by date: String, since floor: Moment?) -> String? {
        guard let floor else { return nil }
        let isGood = (floor.second...max(floor.second, WallClock.latest)).contains { text(ofSecond: $0) == date }
        return isGood ? nil : "the date is \(date), and it was asked at \(text(ofSecond: floor.second))"
    }

    private static func number(in answer: Answer) -> Int? {
        switch answer.body {
        case .content(let number), .live(let number): number
        case .none, .other: nil
        }
    }

    private static func kind(of answer: Answer) -> Int {
        if case .live = answer.body { 1 } else { 0 }
    }

    /// A second of the epoch as HTTP writes it.
    static func text(ofSecond second: Int) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var time = time_t(second)
        var date = unsafe tm()
        // Fills in the structure. The time zone's name, a pointer in it, is not used.
        unsafe gmtime_r(&time, &date)
        let (second, minute, hour) = unsafe (date.tm_sec, date.tm_min, date.tm_hour)
        let (day, month, year) = unsafe (date.tm_mday, Int(date.tm_mon), date.tm_year)
        let weekday = unsafe Int(date.tm_wday)
        let clock = [hour, minute, second].map(twoDigits).joined(separator: ":")
        return "\(days[weekday]), \(twoDigits(day)) \(months[month]) \(1900 + year) \(clock) GMT"
    }

    private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
