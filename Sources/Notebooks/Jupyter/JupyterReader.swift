package import Canonical

/// Reads notebooks of Jupyter, format 4 of any minor version.
///
/// Texts and outputs are taken; code is kept as text that is shown, and never run. Outputs are kept as plain text and as pictures (PNG, JPEG):
/// no HTML, SVG or script comes in as such. Cells that we wrote come back as they were, unless their text was changed since.
package struct JupyterReader {
    /// The largest file, in bytes.
    package static let fileBytes = 32_000_000
    /// The longest output of a cell that is kept, in bytes of text; the rest is counted.
    package static let outputBytes = 20_000
    /// The largest picture that is kept, in bytes.
    package static let pictureBytes = 150_000

    /// The notebook.
    package let notebook: Notebook
    /// What was left out or changed, each as a sentence.
    package let notes: [String]

    /// Reads a file.
    /// - Parameter title: the title if the file has none, and no heading
    /// - Errors: `FieldError` for what is no notebook of format 4, or exceeds a limit
    package init(_ bytes: [UInt8], title: String) throws(FieldError) {
        guard bytes.count <= JupyterReader.fileBytes else { throw FieldError(path: "", problem: .rule("has \(bytes.count) bytes; at most \(JupyterReader.fileBytes) are allowed")) }
        let file: JSONValue
        do throws(JSONError) { file = try JSONValue(document: bytes) } catch { throw FieldError(path: "", problem: .rule("is not JSON: \(error)")) }
        guard case .object = file else { throw FieldError(path: "", problem: .wrongKind(expected: "an object", actual: file.kindName)) }
        guard file["nbformat"]?.integerValue == 4 else {
            let version = file["nbformat"].map(\.canonicalText)?.prefix(20) ?? "missing"
            throw FieldError(path: "nbformat", problem: .rule("is \(version); only format 4 is read: save the notebook in a newer Jupyter"))
        }
        guard let cells = file["cells"]?.arrayValue else { throw FieldError(path: "cells", problem: .missing) }
        guard cells.count <= NotebookLimits.cells else { throw FieldError(path: "cells", problem: .rule("are \(cells.count); at most \(NotebookLimits.cells) are allowed")) }
        var importer = JupyterImporter(ids: Set(cells.compactMap { JupyterImporter.text($0["id"]).flatMap(CellID.init) }))
        for (index, cell) in cells.enumerated() { try importer.add(cell, path: "cells[\(index)]") }
        notes = importer.notes
        notebook = Notebook(title: JupyterReader.title(of: file, importer.cells, else: title), cells: importer.cells)
    }

    private static func title(of file: JSONValue, _ cells: [Cell], else title: String) -> String {
        let told = JupyterImporter.text(file["metadata"]?["title"])
        let heading = cells.lazy.filter { $0.kind == .text }.compactMap { cell in
            cell.source.split(separator: "\n").first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
        }.first
        return [told, heading, title].compactMap { $0 }.first { !$0.isEmpty && FrontMatter.isTitle($0) } ?? "Untitled"
    }
}

/// Gathers the cells of a Jupyter notebook.
struct JupyterImporter {
    private(set) var cells: [Cell] = []
    private(set) var notes: [String] = []
    private var implied: ImpliedIDs
    private var used: Set<CellID> = []
    private var weight = 0

    /// - Parameter ids: the valid ids that the file has
    init(ids: Set<CellID>) { implied = ImpliedIDs(told: ids) }

    /// A text, or a list of lines.
    static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .array(let lines):
            lines.allSatisfy { $0.stringValue != nil } ? lines.compactMap(\.stringValue).joined() : nil
        default: nil
        }
    }

    /// Adds a cell and its outputs.
    /// - Errors: `FieldError` for a cell without a text, and where the notebook becomes too long.
    mutating func add(_ value: JSONValue, path: String) throws(FieldError) {
        guard let source = JupyterImporter.text(value["source"]) else { throw FieldError(path: "\(path).source", problem: .rule("must be a text or a list of lines")) }
        let id = JupyterImporter.text(value["id"]).flatMap(CellID.init)
        if let ours = ours(value, source, id) { return try append(ours, path) }
        switch value["cell_type"]?.stringValue {
        case "markdown": try append(.text, withPictures(of: value["attachments"], in: source), id, path)
        case "code":
            if !source.isEmpty { try append(.text, JupyterImporter.fenced(source, "python"), id, path) }
            try addOutputs(value["outputs"]?.arrayValue ?? [], path)
        case "raw": try append(.text, JupyterImporter.fenced(source, "text"), id, path)
        default: throw FieldError(path: "\(path).cell_type", problem: .rule("must be \"markdown\", \"code\" or \"raw\""))
        }
    }

    /// A cell that we wrote, if what it shows is as we wrote it.
    private func ours(_ value: JSONValue, _ source: String, _ id: CellID?) -> Cell? {
        guard let about = value["metadata"]?["fidelio"], let kind = about["kind"]?.stringValue, CellHead.isWord(kind), let id, !used.contains(id) else { return nil }
        guard about["shown"]?.stringValue == Digest.sha256(source).hex else { return nil }
        var attributes: [String: String] = [:]
        for (key, value) in about["attributes"]?.objectValue ?? [:] {
            if let text = value.stringValue, CellHead.problem(key, text) == nil, attributes.count < NotebookLimits.attributes { attributes[key] = text }
        }
        return Cell(id, CellKind(name: kind), source: about["source"]?.stringValue ?? source, attributes: attributes)
    }

    private mutating func append(_ kind: CellKind, _ source: String, _ id: CellID?, _ path: String) throws(FieldError) {
        let source = LineEndings.normalized(source)
        let free = id.flatMap { used.contains($0) ? nil : $0 } ?? implied.next(kind, source)
        try append(Cell(free, kind, source: source), path)
    }

    private mutating func append(_ cell: Cell, _ path: String) throws(FieldError) {
        guard cell.source.utf8.count <= NotebookLimits.cellBytes else {
            throw FieldError(path: path, problem: .rule("has \(cell.source.utf8.count) bytes; at most \(NotebookLimits.cellBytes) are allowed: divide the cell"))
        }
        weight += cell.weight
        guard weight <= NotebookLimits.contentBytes, cells.count < NotebookLimits.cells else {
            throw FieldError(path: path, problem: .rule("is beyond \(NotebookLimits.contentBytes) bytes and \(NotebookLimits.cells) cells of a notebook: divide it"))
        }
        used.insert(cell.id)
        cells.append(cell)
    }

    /// A text as a code block that nothing in it can end.
    static func fenced(_ text: String, _ language: String) -> String {
        let body = LineEndings.normalized(text)
        var (longest, run) = (2, 0)
        for byte in body.utf8 {
            run = byte == backtick ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(body)\(body.utf8.last == lineFeed ? "" : "\n")\(fence)"
    }
}

extension JupyterImporter {
    // MARK: Outputs

    /// Adds what a code cell showed: its texts in one cell, and its pictures behind them. An output for which the notebook has no room is counted.
    private mutating func addOutputs(_ outputs: [JSONValue], _ path: String) throws(FieldError) {
        var parts: [String] = []
        for output in outputs.prefix(1000) {
            if let part = part(output, path) { parts.append(part) }
        }
        if outputs.count > 1000 { notes.append("\(path): \(outputs.count - 1000) outputs were left out") }
        guard !parts.isEmpty else { return }
        let source = parts.joined(separator: "\n\n")
        guard source.utf8.count <= NotebookLimits.cellBytes, weight + source.utf8.count + 200 <= NotebookLimits.contentBytes, cells.count < NotebookLimits.cells else {
            notes.append("\(path): outputs of \(source.utf8.count) bytes were left out")
            return
        }
        try append(.text, source, nil, path)
    }

    private mutating func part(_ output: JSONValue, _ path: String) -> String? {
        switch output["output_type"]?.stringValue {
        case "stream": return text(JupyterImporter.text(output["text"]), path)
        case "error":
            let trace = output["traceback"]?.arrayValue?.compactMap(\.stringValue).joined(separator: "\n")
            let head = "\(output["ename"]?.stringValue ?? "error"): \(output["evalue"]?.stringValue ?? "")"
            return text(trace.flatMap { $0.isEmpty ? nil : $0 } ?? head, path)
        case "display_data", "execute_result": return data(output["data"], path)
        default:
            notes.append("\(path): an output of an unknown type was left out")
            return nil
        }
    }

    /// The best harmless form: a picture, else plain text, else the text of another form as it is written.
    private mutating func data(_ data: JSONValue?, _ path: String) -> String? {
        for type in ["image/png", "image/jpeg"] {
            guard let encoded = JupyterImporter.text(data?[type]) else { continue }
            if let picture = JupyterImporter.picture(encoded, type) { return "![output](\(picture))" }
            notes.append("\(path): a picture (\(type)) was left out: damaged, or larger than \(JupyterReader.pictureBytes) bytes")
        }
        if let plain = JupyterImporter.text(data?["text/plain"]) { return text(plain, path) }
        for type in ["text/markdown", "text/latex", "text/html"] {
            if let other = JupyterImporter.text(data?[type]) { return text(other, path) }
        }
        let types = (data?.objectValue?.keys.sorted() ?? []).joined(separator: ", ").prefix(200)
        notes.append("\(path): an output without a text was left out (\(types))")
        return nil
    }

    /// A plain text without the codes of terminals, cut to `outputBytes`.
    private mutating func text(_ text: String?, _ path: String) -> String? {
        guard let text else { return nil }
        var bytes = JupyterImporter.withoutTerminalCodes(LineEndings.normalized(Array(text.utf8)))
        if bytes.count > JupyterReader.outputBytes {
            var end = JupyterReader.outputBytes
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            notes.append("\(path): \(bytes.count - end) bytes of an output were left out")
            bytes = Array(bytes[..<end]) + Array("\n… \(bytes.count - end) more bytes".utf8)
        }
        return bytes.isEmpty ? nil : JupyterImporter.fenced(bytes.text, "text")
    }

    /// Removes escape sequences (ESC [ … letter) and other control characters.
    static func withoutTerminalCodes(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x1B, index < bytes.count, bytes[index] == UInt8(ascii: "[") {
                index += 1
                while index < bytes.count, !(0x40...0x7E).contains(bytes[index]) { index += 1 }
                index += 1
            } else if byte >= 0x20 && byte != 0x7F || byte == lineFeed || byte == tab {
                result.append(byte)
            }
        }
        return result
    }

    // MARK: Pictures

    /// A picture as a data address, if its bytes are what its type says.
    static func picture(_ encoded: String, _ type: String) -> String? {
        guard encoded.utf8.count <= 2 * JupyterReader.pictureBytes, let bytes = Base64.bytes(of: encoded), bytes.count <= JupyterReader.pictureBytes else { return nil }
        let start: [UInt8] = type == "image/png" ? [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] : [0xFF, 0xD8, 0xFF]
        return bytes.starts(with: start) ? "data:\(type);base64,\(Base64.text(of: bytes))" : nil
    }

    /// A Markdown text with its attached pictures in it.
    private mutating func withPictures(of attachments: JSONValue?, in source: String) -> String {
        guard case .object(let files) = attachments else { return source }
        var parts = source
        for (name, forms) in files.sorted(by: { $0.key < $1.key }).prefix(20) {
            for type in ["image/png", "image/jpeg"] {
                guard let encoded = JupyterImporter.text(forms[type]), let picture = JupyterImporter.picture(encoded, type) else { continue }
                parts = JupyterImporter.replacing("(attachment:\(name))", by: "(\(picture))", in: parts)
            }
        }
        return parts.utf8.count <= NotebookLimits.cellBytes ? parts : source
    }

    /// The text with the first occurrence of another replaced.
    private static func replacing(_ part: String, by other: String, in text: String) -> String {
        let (bytes, sought) = (Array(text.utf8), Array(part.utf8))
        guard !sought.isEmpty, bytes.count >= sought.count else { return text }
        for start in 0...bytes.count - sought.count where bytes[start] == sought[0] && bytes[start..<start + sought.count].elementsEqual(sought) {
            return (bytes[..<start] + Array(other.utf8) + bytes[(start + sought.count)...]).text
        }
        return text
    }
}
