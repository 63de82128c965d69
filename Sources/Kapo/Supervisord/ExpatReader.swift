import CExpat

/// The only place where expat is called. What expat tells goes to an `XMLBuilder`; no pointer leaves this file, and the
/// parser is freed where it was made.
enum ExpatReader {
    /// Bytes of a document that are looked at: about 700 for each process of supervisord make thousands of them.
    static let mostBytes = 8 << 20

    /// The outermost element of a document.
    static func root(of document: [UInt8]) throws(XMLRPCMistake) -> XMLElement {
        guard document.count <= mostBytes else { throw .tooLarge }
        let passage = ExpatPassage()
        // Null for memory that is not there.
        guard let parser = unsafe XML_ParserCreate(nil) else { throw .tooLarge }
        defer { unsafe XML_ParserFree(parser) }
        // Unretained: `passage` lives to the end of this function, and expat calls nobody after `XML_Parse`.
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(passage).toOpaque())
        unsafe XML_SetElementHandler(
            parser, { context, name, _ in unsafe ExpatPassage.from(context).start(name) },
            { context, _ in unsafe ExpatPassage.from(context).end() })
        unsafe XML_SetCharacterDataHandler(
            parser, { context, text, count in unsafe ExpatPassage.from(context).text(text, count) })
        unsafe XML_SetStartDoctypeDeclHandler(
            parser, { context, _, _, _, _ in unsafe ExpatPassage.from(context).documentType() })
        unsafe passage.parser = parser
        // expat reads the bytes during the call; `mostBytes` fits into its Int32.
        let status = unsafe document.withUnsafeBytes { bytes in
            unsafe XML_Parse(parser, bytes.baseAddress, Int32(bytes.count), 1)
        }
        if let mistake = passage.mistake { throw mistake }
        guard status == XML_STATUS_OK, let root = passage.builder.root else {
            // A constant text of the library.
            let problem = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map { unsafe String(cString: $0) }
            throw .malformed(problem ?? "no element", line: Int(unsafe XML_GetCurrentLineNumber(parser)))
        }
        return root
    }
}

/// What expat's callbacks reach: the builder, and the first mistake.
@safe private final class ExpatPassage {
    var builder = XMLBuilder()
    var mistake: XMLRPCMistake?
    /// Who calls, to be stopped; it outlives every call.
    var parser: XML_Parser?

    func start(_ name: UnsafePointer<XML_Char>?) {
        // expat's names are C strings of UTF-8, valid during the call.
        guard mistake == nil, let name = unsafe name else { return }
        do throws(XMLRPCMistake) { try builder.start(unsafe String(cString: name)) } catch { stop(error) }
    }

    func end() { if mistake == nil { builder.end() } }

    func text(_ bytes: UnsafePointer<XML_Char>?, _ count: Int32) {
        // Text is no C string; expat says how long it is, and it is valid during the call.
        let text = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
        if mistake == nil { unsafe builder.text(text) }
    }

    func documentType() { stop(.documentType) }

    private func stop(_ mistake: XMLRPCMistake) {
        self.mistake = self.mistake ?? mistake
        // False: not to be resumed.
        unsafe XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> ExpatPassage {
        guard let context = unsafe context else { preconditionFailure("expat lost the context of a parser") }
        return unsafe Unmanaged<ExpatPassage>.fromOpaque(context).takeUnretainedValue()
    }
}
