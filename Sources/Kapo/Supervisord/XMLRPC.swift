/// What is called, as the bytes of a POST to `/RPC2`.
package struct XMLRPCCall: Equatable, Sendable {
    package var method: String
    /// All texts: supervisord's methods that Kapo calls want nothing else.
    package var parameters: [String]

    /// That call.
    package init(_ method: String, _ parameters: [String] = []) {
        (self.method, self.parameters) = (method, parameters)
    }

    /// All processes: a list of structures, which `ProcessInfo.all` reads.
    package static let allProcesses = XMLRPCCall("supervisor.getAllProcessInfo")

    /// Stops a process, `GROUP:NAME`, and is answered when it has ended.
    package static func stop(_ name: String) -> XMLRPCCall { XMLRPCCall("supervisor.stopProcess", [name]) }

    /// Starts a process, `GROUP:NAME`, and is answered when it runs, or when it does not.
    package static func start(_ name: String) -> XMLRPCCall { XMLRPCCall("supervisor.startProcess", [name]) }

    /// The document.
    package var bytes: [UInt8] {
        let parameters = parameters.map {
            "<param><value><string>\(Self.escaped($0))</string></value></param>"
        }
        return Array(
            """
            <?xml version='1.0'?>
            <methodCall><methodName>\(Self.escaped(method))</methodName>\
            <params>\(parameters.joined())</params></methodCall>

            """.utf8)
    }

    /// What means something in XML, as references; what XML cannot have at all, as U+FFFD.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;".unicodeScalars
            case "<": escaped += "&lt;".unicodeScalars
            case ">": escaped += "&gt;".unicodeScalars
            // A parser makes a plain line end of it.
            case "\r": escaped += "&#13;".unicodeScalars
            case "\t", "\n": escaped.append(scalar)
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": escaped.append("\u{fffd}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

/// What was answered to a call.
package enum XMLRPCAnswer: Equatable, Sendable {
    case value(XMLRPCValue)
    /// It was refused, or did not work: `Faults` of supervisord's xmlrpc.py has the codes.
    case fault(code: Int64, String)

    /// Reads the document.
    package init(_ document: [UInt8]) throws(XMLRPCMistake) {
        let root = try ExpatReader.root(of: document)
        guard root.name == "methodResponse", root.children.count == 1 else {
            throw .unexpected("<\(root.name.prefix(40))> where a methodResponse was expected")
        }
        let content = root.children[0]
        if content.name == "fault", let value = content.only("value") {
            guard case .members(let members) = try XMLRPCValue(value), let code = members["faultCode"]?.integer,
                let text = members["faultString"]?.text
            else { throw .unexpected("a fault without code and text") }
            self = .fault(code: code, text)
            return
        }
        guard content.name == "params", let value = content.only("param")?.only("value") else {
            throw .unexpected("a methodResponse without a value")
        }
        self = .value(try XMLRPCValue(value))
    }
}
