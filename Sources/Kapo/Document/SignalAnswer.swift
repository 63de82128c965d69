/// How a verb went that was given to a control socket: immortal's answer.
package struct SignalAnswer: Equatable, Sendable {
    /// Why it was not done; empty when it was.
    package var reason: String

    /// That reason; nil for a verb that was done.
    package init(_ reason: String?) { self.reason = reason ?? "" }

    /// The answer to a name that is no verb.
    package static func unknown(_ name: String) -> SignalAnswer { SignalAnswer("unknown signal: \(name)") }

    /// `{"Err":""}`, ended by a newline.
    package var bytes: [UInt8] {
        var output = Array("{\"Err\":".utf8)
        GoText.append(reason, to: &output)
        return output + Array("}\n".utf8)
    }

    /// Reads an answer; nil for what is no object of JSON with that member.
    package init?(answer: [UInt8]) {
        guard let object = FlatJSON(answer), case .text(let reason)? = object["Err"] else { return nil }
        self.reason = reason
    }
}
