import CMarkdown

/// What the parser reports, in the order of the text.
///
/// A method that returns false ends the parse.
protocol MarkdownSink: AnyObject {
    func begin(_ block: MarkdownBlock) -> Bool
    func end(_ block: MarkdownBlock) -> Bool
    func begin(_ span: MarkdownSpan) -> Bool
    func end(_ span: MarkdownSpan) -> Bool
    /// - Parameters:
    ///   - text: makes the text, for a sink that wants it
    ///   - range: where it stands in the parsed bytes; nil for text that the parser made (a tab written as spaces, a line end of code)
    func text(_ kind: MarkdownTextKind, _ text: () -> String, at range: Range<Int>?) -> Bool
}

/// A block. At its end, only which kind it is matters.
enum MarkdownBlock: Equatable {
    case document, quote, rule, html, paragraph, table, tableHead, tableBody, tableRow
    case bulletList(isTight: Bool)
    case orderedList(start: Int, isTight: Bool)
    /// - Parameter task: of an item of a task list, the place of its mark in the parsed bytes, and whether it is an x
    case item(task: (offset: Int, isDone: Bool)?)
    case heading(level: Int)
    /// - Parameters:
    ///   - language: the first word of the info string
    ///   - fence: nil for an indented block
    case code(language: MarkdownAttribute, fence: UInt8?)
    case tableCell(isHead: Bool, alignment: MarkdownAlignment)

    static func == (left: MarkdownBlock, right: MarkdownBlock) -> Bool {
        switch (left, right) {
        case (.document, .document), (.quote, .quote), (.rule, .rule), (.html, .html), (.paragraph, .paragraph), (.table, .table), (.tableHead, .tableHead),
            (.tableBody, .tableBody), (.tableRow, .tableRow), (.bulletList, .bulletList), (.orderedList, .orderedList), (.item, .item), (.heading, .heading),
            (.code, .code), (.tableCell, .tableCell):
            true
        default: false
        }
    }
}

/// How the cells of a table's column stand.
enum MarkdownAlignment: Hashable { case none, left, center, right }

/// A span within a block.
enum MarkdownSpan {
    case emphasis, strong, strikethrough, code
    case link(address: MarkdownAttribute, title: MarkdownAttribute)
    case picture(address: MarkdownAttribute, title: MarkdownAttribute)
}

/// What a piece of text is.
enum MarkdownTextKind { case normal, null, lineBreak, softBreak, entity, code, html }

/// An address, a title or an info string: pieces of text and entities.
struct MarkdownAttribute: Hashable {
    /// The pieces, with entities as they are written; empty if it is too long.
    var pieces: [(text: String, isEntity: Bool)] = []
    /// Whether it has more bytes than any such attribute may have.
    var isTooLong = false

    static func == (left: MarkdownAttribute, right: MarkdownAttribute) -> Bool { left.text == right.text && left.isTooLong == right.isTooLong }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// The text with entities decoded.
    var text: String { pieces.map { $0.isEntity ? HTMLEntity.decoded($0.text) : $0.text }.joined() }
}

/// The system's Markdown parser: CommonMark with GitHub's tables, task lists, strikethrough and autolinks.
struct MarkdownParser {
    /// The longest attribute that is reported as text, in bytes.
    var longestAttribute: Int
    /// The most bytes of attributes in all. A parse that reports more ends: a long address can be used by many short links.
    var mostAttributeBytes: Int

    enum Ending { case complete, stopped, failed }

    /// Parses bytes of UTF-8.
    func parse(_ bytes: [UInt8], into sink: any MarkdownSink) -> Ending {
        let callbacks = unsafe MD_PARSER(
            abi_version: 0, flags: UInt32(MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_PERMISSIVEEMAILAUTOLINKS | MD_FLAG_PERMISSIVEWWWAUTOLINKS | MD_FLAG_TABLES
                | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS),
            enter_block: { kind, detail, parse in unsafe MarkdownParse.of(parse).enterBlock(kind, detail) },
            leave_block: { kind, _, parse in unsafe MarkdownParse.of(parse).leaveBlock(kind) },
            enter_span: { kind, detail, parse in unsafe MarkdownParse.of(parse).enterSpan(kind, detail) },
            leave_span: { kind, _, parse in unsafe MarkdownParse.of(parse).leaveSpan(kind) },
            text: { kind, text, size, parse in unsafe MarkdownParse.of(parse).text(kind, text, Int(size)) },
            debug_log: nil, syntax: nil)
        // The parser (0.4.8) reads past the end of a link that the text ends within: a line end closes the text, and zeros stand behind it.
        let padded = bytes + [UInt8(ascii: "\n")] + [UInt8](repeating: 0, count: 16)
        guard let size = UInt32(exactly: bytes.count + 1), size < UInt32.max / 2 else { return .failed }
        return unsafe padded.withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                let parse = unsafe MarkdownParse(self, sink, text)
                var callbacks = callbacks
                let status = withExtendedLifetime(parse) { unsafe md_parse(text.baseAddress, size, &callbacks, Unmanaged.passUnretained(parse).toOpaque()) }
                return parse.isStopped ? .stopped : status == 0 ? .complete : .failed
            }
        }
    }
}

/// One parse: the parser's callbacks as calls of a sink.
@safe private final class MarkdownParse {
    private let limits: MarkdownParser
    private let sink: any MarkdownSink
    private let bytes: UnsafeBufferPointer<CChar>
    private var attributeBytes = 0
    /// Whether the sink has ended the parse.
    private(set) var isStopped = false

    init(_ limits: MarkdownParser, _ sink: any MarkdownSink, _ bytes: UnsafeBufferPointer<CChar>) {
        self.limits = limits
        self.sink = sink
        unsafe self.bytes = unsafe bytes
    }

    static func of(_ parse: UnsafeMutableRawPointer?) -> MarkdownParse { unsafe Unmanaged<MarkdownParse>.fromOpaque(parse!).takeUnretainedValue() }

    /// The parser (0.4.8) ends at once only by a negative answer; a positive one ends the present block or span.
    private func status(_ goesOn: Bool) -> Int32 {
        if !goesOn { isStopped = true }
        return isStopped ? -1 : 0
    }

    private func attribute(_ attribute: MD_ATTRIBUTE) -> MarkdownAttribute {
        let size = Int(unsafe attribute.size)
        attributeBytes += size
        guard size > 0, let text = unsafe attribute.text else { return MarkdownAttribute() }
        guard size <= limits.longestAttribute else { return MarkdownAttribute(isTooLong: true) }
        var pieces: [(String, Bool)] = []
        var index = 0
        // Piece number `index` ends where the next begins; the end of the last is the size.
        while let offsets = unsafe attribute.substr_offsets, let kinds = unsafe attribute.substr_types, unsafe Int(offsets[index]) < size {
            let start = unsafe Int(offsets[index]), end = unsafe min(Int(offsets[index + 1]), size)
            let piece = unsafe UnsafeRawBufferPointer(start: text + start, count: max(end - start, 0))
            let kind = unsafe kinds[index]
            pieces.append((kind == MD_TEXT_NULLCHAR ? "\u{FFFD}" : unsafe String(decoding: piece, as: UTF8.self), kind == MD_TEXT_ENTITY))
            index += 1
        }
        return MarkdownAttribute(pieces: pieces)
    }

    func enterBlock(_ kind: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) -> Int32 {
        guard let block = unsafe block(kind, detail) else { return 0 }
        return status(attributeBytes <= limits.mostAttributeBytes && sink.begin(block))
    }

    func leaveBlock(_ kind: MD_BLOCKTYPE) -> Int32 {
        guard let block = unsafe block(kind, nil) else { return 0 }
        return status(sink.end(block))
    }

    func enterSpan(_ kind: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) -> Int32 {
        guard let span = unsafe span(kind, detail) else { return 0 }
        return status(attributeBytes <= limits.mostAttributeBytes && sink.begin(span))
    }

    func leaveSpan(_ kind: MD_SPANTYPE) -> Int32 {
        guard let span = unsafe span(kind, nil) else { return 0 }
        return status(sink.end(span))
    }

    func text(_ kind: MD_TEXTTYPE, _ text: UnsafePointer<CChar>?, _ size: Int) -> Int32 {
        let piece = unsafe UnsafeRawBufferPointer(start: text, count: size)
        var range: Range<Int>?
        if let text = unsafe text, let base = unsafe bytes.baseAddress, unsafe text >= base, unsafe text + size <= base + bytes.count {
            let start = unsafe text - base
            range = start..<start + size
        }
        return status(sink.text(Self.kind(kind), { unsafe String(decoding: piece, as: UTF8.self) }, at: range))
    }

    private static func kind(_ kind: MD_TEXTTYPE) -> MarkdownTextKind {
        switch kind {
        case MD_TEXT_NULLCHAR: .null
        case MD_TEXT_BR: .lineBreak
        case MD_TEXT_SOFTBR: .softBreak
        case MD_TEXT_ENTITY: .entity
        case MD_TEXT_CODE: .code
        case MD_TEXT_HTML: .html
        default: .normal
        }
    }

    private func block(_ kind: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) -> MarkdownBlock? {
        switch kind {
        case MD_BLOCK_DOC: return .document
        case MD_BLOCK_QUOTE: return .quote
        case MD_BLOCK_UL:
            return .bulletList(isTight: unsafe detail?.assumingMemoryBound(to: MD_BLOCK_UL_DETAIL.self).pointee.is_tight != 0)
        case MD_BLOCK_OL:
            let list = unsafe detail?.assumingMemoryBound(to: MD_BLOCK_OL_DETAIL.self).pointee
            return unsafe .orderedList(start: Int(list?.start ?? 1), isTight: list?.is_tight != 0)
        case MD_BLOCK_LI:
            guard let item = unsafe detail?.assumingMemoryBound(to: MD_BLOCK_LI_DETAIL.self).pointee, item.is_task != 0 else { return .item(task: nil) }
            return .item(task: (Int(item.task_mark_offset), item.task_mark != CChar(UInt8(ascii: " "))))
        case MD_BLOCK_HR: return .rule
        case MD_BLOCK_H: return .heading(level: unsafe Int(detail?.assumingMemoryBound(to: MD_BLOCK_H_DETAIL.self).pointee.level ?? 1))
        case MD_BLOCK_CODE:
            guard let code = unsafe detail?.assumingMemoryBound(to: MD_BLOCK_CODE_DETAIL.self).pointee else { return .code(language: MarkdownAttribute(), fence: nil) }
            let fence = unsafe UInt8(bitPattern: code.fence_char)
            return unsafe .code(language: attribute(code.lang), fence: fence == 0 ? nil : fence)
        case MD_BLOCK_HTML: return .html
        case MD_BLOCK_P: return .paragraph
        case MD_BLOCK_TABLE: return .table
        case MD_BLOCK_THEAD: return .tableHead
        case MD_BLOCK_TBODY: return .tableBody
        case MD_BLOCK_TR: return .tableRow
        case MD_BLOCK_TH, MD_BLOCK_TD:
            let alignment: MarkdownAlignment =
                switch unsafe detail?.assumingMemoryBound(to: MD_BLOCK_TD_DETAIL.self).pointee.align {
                case MD_ALIGN_LEFT: .left
                case MD_ALIGN_CENTER: .center
                case MD_ALIGN_RIGHT: .right
                default: .none
                }
            return .tableCell(isHead: kind == MD_BLOCK_TH, alignment: alignment)
        default: return nil
        }
    }

    private func span(_ kind: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) -> MarkdownSpan? {
        switch kind {
        case MD_SPAN_EM: return .emphasis
        case MD_SPAN_STRONG: return .strong
        case MD_SPAN_DEL: return .strikethrough
        case MD_SPAN_CODE: return .code
        case MD_SPAN_A:
            guard let link = unsafe detail?.assumingMemoryBound(to: MD_SPAN_A_DETAIL.self).pointee else { return .link(address: MarkdownAttribute(), title: MarkdownAttribute()) }
            return unsafe .link(address: attribute(link.href), title: attribute(link.title))
        case MD_SPAN_IMG:
            guard let picture = unsafe detail?.assumingMemoryBound(to: MD_SPAN_IMG_DETAIL.self).pointee else {
                return .picture(address: MarkdownAttribute(), title: MarkdownAttribute())
            }
            return unsafe .picture(address: attribute(picture.src), title: attribute(picture.title))
        default: return nil
        }
    }
}
