/// Reads the subset of Python's pickle format used by CIFAR-10 batches: dictionaries, lists, tuples, numbers, strings, and
/// numpy arrays of uint8.
///
/// A pickle is a program for a stack machine, and a general reader can execute arbitrary code. This reader executes nothing: names are
/// plain values, calls are only interpreted if they construct a numpy array, and every other name or opcode is an error.
/// Values are copies: references to a mutated container are rejected.
/// - Source: CPython, Lib/pickletools.py (instructions of protocols 2 to 4).
struct PickleReader {
    struct Failure: Error, Equatable {
        let reason: String
        let offset: Int
    }

    struct UInt8Array: Equatable {
        let shape: [Int]
        let bytes: [UInt8]
    }

    indirect enum Value: Equatable {
        case none
        case bool(Bool)
        case integer(Int)
        case text([UInt8])
        case list([Value])
        case tuple([Value])
        case dictionary([String: Value])
        /// A qualified Python name.
        case name(String)
        /// numpy's dtype of uint8.
        case byteType
        /// An array without content.
        case emptyArray
        case array(UInt8Array)
        case mark
    }

    private let bytes: [UInt8]
    private var position = 0
    private var stack: [Value] = []
    private var memo: [Int: Value] = [:]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func value() throws(Failure) -> Value {
        guard try byte() == 0x80, 2...4 ~= (try byte()) else { throw failure("not a pickle of protocol 2 to 4") }
        while true {
            let operation = try byte()
            if operation == UInt8(ascii: ".") { break }
            try run(operation)
        }
        guard stack.count == 1, position == bytes.count else { throw failure("a pickle without exactly one result") }
        return stack[0]
    }

    // MARK: The machine

    private mutating func run(_ operation: UInt8) throws(Failure) {
        switch operation {
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: "}"): stack.append(.dictionary([:]))
        case UInt8(ascii: "]"): stack.append(.list([]))
        case UInt8(ascii: ")"): stack.append(.tuple([]))
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
        case UInt8(ascii: "U"), UInt8(ascii: "C"), 0x8C: stack.append(.text(try take(number(1))))
        case UInt8(ascii: "T"), UInt8(ascii: "B"), UInt8(ascii: "X"): stack.append(.text(try take(number(4))))
        case 0x8D, 0x8E: stack.append(.text(try take(number(8))))
        case 0x95: _ = try number(8)
        case UInt8(ascii: "q"): try remember(number(1))
        case UInt8(ascii: "r"): try remember(number(4))
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "h"): try recall(number(1))
        case UInt8(ascii: "j"): try recall(number(4))
        case 0x85: try tuple(1)
        case 0x86: try tuple(2)
        case 0x87: try tuple(3)
        case UInt8(ascii: "t"): stack.append(.tuple(try toMark()))
        case UInt8(ascii: "a"): try append([pop()])
        case UInt8(ascii: "e"): try append(toMark())
        case UInt8(ascii: "s"): try setItems([pop(), pop()].reversed())
        case UInt8(ascii: "u"): try setItems(toMark())
        case UInt8(ascii: "c"): stack.append(.name(try line() + "." + line()))
        case 0x93: try stackName()
        case UInt8(ascii: "R"): try call()
        case UInt8(ascii: "b"): try build()
        default: throw failure("unsupported opcode \(operation)")
        }
    }

    private func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: position) }

    private mutating func pop() throws(Failure) -> Value {
        guard let value = stack.popLast(), value != .mark else { throw failure("missing operand") }
        return value
    }

    private mutating func toMark() throws(Failure) -> [Value] {
        guard let mark = stack.lastIndex(of: .mark) else { throw failure("missing mark") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func tuple(_ count: Int) throws(Failure) {
        var values: [Value] = []
        for _ in 0..<count { values.append(try pop()) }
        stack.append(.tuple(values.reversed()))
    }

    private mutating func append(_ values: [Value]) throws(Failure) {
        guard case .list(let old) = try pop() else { throw failure("append to a value that is not a list") }
        stack.append(.list(old + values))
    }

    private mutating func setItems(_ values: [Value]) throws(Failure) {
        guard values.count % 2 == 0, case .dictionary(var members) = try pop() else { throw failure("item of a value that is not a dictionary") }
        for i in stride(from: 0, to: values.count, by: 2) {
            guard case .text(let key) = values[i] else { throw failure("a key that is not a string") }
            members[String(decoding: key, as: UTF8.self)] = values[i + 1]
        }
        stack.append(.dictionary(members))
    }

    // MARK: Memory

    private mutating func remember(_ place: Int) throws(Failure) {
        guard let value = stack.last, value != .mark else { throw failure("empty stack at a memo opcode") }
        memo[place] = value
    }

    private mutating func recall(_ place: Int) throws(Failure) {
        switch memo[place] {
        case nil: throw failure("an undefined memo entry")
        case .list?, .dictionary?, .array?, .emptyArray?: throw failure("a container used twice")
        case let value?: stack.append(value)
        }
    }

    // MARK: Names and what they build

    private mutating func stackName() throws(Failure) {
        guard case .text(let name) = try pop(), case .text(let module) = try pop() else { throw failure("a name that is not a string") }
        stack.append(.name(String(decoding: module, as: UTF8.self) + "." + String(decoding: name, as: UTF8.self)))
    }

    private mutating func call() throws(Failure) {
        guard case .tuple(let arguments) = try pop(), case .name(let name) = try pop() else { throw failure("a call of a value that is not a name") }
        switch name {
        case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct":
            guard arguments.first == .name("numpy.ndarray") else { throw failure("an unsupported array type") }
            stack.append(.emptyArray)
        case "numpy.dtype":
            guard case .text(let kind)? = arguments.first, kind == Array("u1".utf8) else { throw failure("an element type other than uint8") }
            stack.append(.byteType)
        case "_codecs.encode":
            // How Python 3 writes bytes for Python 2: a text of the first 256 characters.
            guard case .text(let utf8)? = arguments.first, let latin = latin1(utf8) else { throw failure("a string that is not Latin-1") }
            stack.append(.text(latin))
        default: throw failure("unsupported name \(name.prefix(80))")
        }
    }

    private func latin1(_ utf8: [UInt8]) -> [UInt8]? {
        guard let text = String(validating: utf8, as: UTF8.self) else { return nil }
        let scalars = text.unicodeScalars
        return scalars.allSatisfy { $0.value < 256 } ? scalars.map { UInt8($0.value) } : nil
    }

    private mutating func build() throws(Failure) {
        let state = try pop()
        switch try pop() {
        case .byteType: stack.append(.byteType)
        case .emptyArray:
            guard case .tuple(let parts) = state, parts.count == 5, case .tuple(let extents) = parts[1], parts[2] == .byteType,
                parts[3] == .bool(false) || parts[3] == .integer(0), case .text(let content) = parts[4]
            else { throw failure("an array that is not of uint8 in row-major order") }
            var shape: [Int] = [], count = 1
            for extent in extents {
                guard case .integer(let size) = extent, size >= 0, case let (product, overflow) = count.multipliedReportingOverflow(by: size), !overflow else {
                    throw failure("an array with an invalid shape")
                }
                shape.append(size)
                count = product
            }
            guard count == content.count else { throw failure("an array of \(content.count) bytes for the shape \(shape)") }
            stack.append(.array(UInt8Array(shape: shape, bytes: content)))
        default: throw failure("unexpected object state")
        }
    }

    // MARK: Bytes

    private mutating func byte() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw failure("unexpected end") }
        defer { position += 1 }
        return bytes[position]
    }

    /// A little-endian number.
    private mutating func number(_ count: Int) throws(Failure) -> Int {
        let bytes = try take(count)
        guard count < 8 || bytes[7] < 0x40 else { throw failure("a length out of range") }
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
        guard count <= bytes.count - position else { throw failure("unexpected end") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    private mutating func line() throws(Failure) -> String {
        guard let end = bytes[position...].prefix(200).firstIndex(of: UInt8(ascii: "\n")) else { throw failure("an unterminated name") }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}
