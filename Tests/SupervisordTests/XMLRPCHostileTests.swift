import Chance
import Testing

@testable import Supervisord

@Suite("An answer of anybody is refused or read, within bounds")
struct XMLRPCHostileTests {
    @Test(
        "what is no XML-RPC is said to be none",
        arguments: [
            "", " ", "\u{0}", "text", "<", "<methodResponse>", "<methodResponse/>", "<a/>", "<methodResponse/><a/>",
            "<methodResponse><params/></methodResponse>", "<methodResponse><fault/></methodResponse>",
            "<methodResponse><params><param/></params></methodResponse>",
            "<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>",
            "<methodResponse><fault><value>a</value></fault></methodResponse>",
            "<methodResponse><fault><value><struct/></value></fault></methodResponse>",
            response("<int>5</int>"), response("<value><int>5</int><int>6</int></value>"),
            response("<value><int>five</int></value>"), response("<value><int>99999999999999999999</int></value>"),
            response("<value><int/></value>"), response("<value><boolean>yes</boolean></value>"),
            response("<value><array/></value>"), response("<value><array><data><int>1</int></data></array></value>"),
            response("<value><array><data/><data/></array></value>"), response("<value><bogus/></value>"),
            response("<value><struct><name>a</name></struct></value>"),
            response("<value><struct><member><name>a</name></member></struct></value>"),
            response("<value><struct><member><value/><name>a</name></member></struct></value>"),
            response("<value>&unknown;</value>"), response("<value>\u{1}</value>"), response("<value></string>"),
            "<?xml version='1.0' encoding='nonsense'?><methodResponse/>",
        ])
    func malformed(_ document: String) {
        #expect(throws: XMLRPCMistake.self) { try answer(document) }
    }

    @Test("bytes that are no UTF-8 are refused by expat")
    func notUTF8() {
        let bytes = Array(response("<value>a</value>").utf8).map { $0 == UInt8(ascii: "a") ? 0xff : $0 }
        #expect(throws: XMLRPCMistake.self) { try XMLRPCAnswer(bytes) }
    }

    @Test("what XML says is wrong is passed on, with its line")
    func line() {
        #expect(throws: XMLRPCMistake.malformed("mismatched tag", line: 3)) { try answer("<a>\n\n</b>") }
        #expect("\(XMLRPCMistake.malformed("mismatched tag", line: 3))".hasSuffix("mismatched tag, in line 3"))
    }

    @Test("a document type is refused before it can define anything")
    func entities() {
        let laughs = (0..<30).map { "<!ENTITY a\($0 + 1) \"&a\($0);&a\($0);&a\($0);&a\($0);\">" }.joined()
        for type in [
            "<!DOCTYPE m>", "<!DOCTYPE m SYSTEM 'file:///etc/passwd'>", "<!DOCTYPE m [<!ENTITY a0 'ha'>\(laughs)]>",
            "<!DOCTYPE m [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        ] {
            let body = "<methodResponse><params><param><value>&a30;&x;</value></param></params></methodResponse>"
            #expect(throws: XMLRPCMistake.documentType) { try answer(type + body) }
        }
    }

    @Test("elements in each other are counted, and so are all of them, and bytes")
    func bounds() throws {
        func nested(_ depth: Int) -> String {
            response(
                String(repeating: "<value><array><data>", count: depth)
                    + String(repeating: "</data></array></value>", count: depth))
        }
        #expect(throws: Never.self) { try answer(nested(20)) }
        #expect(throws: XMLRPCMistake.tooDeep) { try answer(nested(21)) }
        #expect(throws: XMLRPCMistake.tooDeep) { try answer(String(repeating: "<a>", count: 1_000_000)) }
        #expect(throws: XMLRPCMistake.tooLarge) {
            try answer("<a>\(String(repeating: "<a/>", count: XMLBuilder.mostElements))</a>")
        }
        #expect(throws: XMLRPCMistake.tooLarge) {
            try answer(response("<value>\(String(repeating: "a", count: ExpatReader.mostBytes))</value>"))
        }
    }

    @Test("thousands of processes are read")
    func many() throws {
        let one = """
            <value><struct><member><name>name</name><value><string>a</string></value></member>\
            <member><name>group</name><value><string>a</string></value></member>\
            <member><name>start</name><value><int>1</int></value></member>\
            <member><name>now</name><value><int>2</int></value></member>\
            <member><name>state</name><value><int>20</int></value></member>\
            <member><name>pid</name><value><int>3</int></value></member></struct></value>
            """
        let document = "<value><array><data>\(String(repeating: one, count: 5000))</data></array></value>"
        guard case .value(let value) = try answer(response(document)) else { throw XMLRPCMistake.tooDeep }
        #expect(try ProcessInfo.all(in: value).count == 5000)
    }

    @Test("no change of a byte, and no cut, does more than to be refused or read")
    func changed() {
        var random = SeededGenerator(seed: 7)
        let original = Array(allProcesses.utf8)
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = .random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(index..<min(index + 20, bytes.count))
                default: bytes.insert(contentsOf: "</value>".utf8, at: index)
                }
                if bytes.isEmpty { break }
            }
            if case .value(let value)? = try? XMLRPCAnswer(bytes) { _ = try? ProcessInfo.all(in: value) }
        }
    }
}
