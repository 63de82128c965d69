/// The services that a daemon was asked for of late: its answer to `GET /recent`.
package struct RecentServices {
    /// A service, and what came of its last check. An older daemon tells its name alone.
    private struct Service {
        var name: String
        var last: JSON?
    }

    private let services: [Service]

    /// Reads an answer: `{"seen_services": [["web", {"code": 200, …}]], …}`. Nil for anything else.
    package init?(answer: [UInt8]) {
        guard case .object(let members)? = JSONReader.value(answer),
            case .array(let elements)? = members.last(where: { $0.name == "seen_services" })?.value
        else { return nil }
        let services = elements.compactMap(Self.service)
        guard services.count == elements.count else { return nil }
        self.services = services.sorted { $0.name < $1.name }
    }

    private static func service(_ element: JSON) -> Service? {
        switch element {
        case .string(let name): return Service(name: name)
        case .array(let pair):
            guard pair.count == 2, case .string(let name) = pair[0] else { return nil }
            return Service(name: name, last: pair[1])
        case .null, .bool, .integer, .unsigned, .number, .object: return nil
        }
    }

    /// A line for each service, sorted by name: `web last_response={"code": 200, …}`, or the name alone. Control
    /// characters in a name are escaped.
    package var lines: [String] {
        services.map { service in
            let last = service.last.map { " last_response=\(String(decoding: PythonJSON.bytes($0), as: UTF8.self))" }
            return VisibleText.of(service.name) + (last ?? "")
        }
    }

    /// The same as an array of JSON that a newline ends. What the daemon did not say is null.
    package var json: [UInt8] {
        JSON.array(services.map(Self.json)).bytes + [0x0a]
    }

    private static func json(_ service: Service) -> JSON {
        var last = FlatJSON(members: [])
        if case .object(let members)? = service.last { last = FlatJSON(members: members) }
        var address = JSON.null
        if case .text(let text)? = last["remote_ip"] { address = .string(text) }
        var code = JSON.null
        if case .integer(let number)? = last["code"] { code = .integer(number) }
        return .object([
            ("Service", .string(service.name)), ("Code", code), ("RemoteIP", address),
            ("Time", JSON(last.number("ts"))),
        ])
    }
}
