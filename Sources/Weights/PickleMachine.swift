/// The part of Python's pickle format that `torch.save` and `torch.jit.save` write.
///
/// A pickle is a program for a stack machine, and a general reader executes what it names. This one executes nothing: it knows a list of opcodes
/// and a list of names (`PickleName`), and refuses a file at the first other one. Containers are kept in tables and referred to by index, so a
/// value that is used many times takes no more memory, and no depth of nesting deepens the program's stack.
/// - Source: CPython, Lib/pickletools.py (instructions of protocols 2 to 5).
struct PickleMachine {
    /// A value. Containers, storages, and tensors are indices into the machine's tables.
    enum Value: Equatable {
        case none, mark
        case bool(Bool)
        case integer(Int)
        case real(Double)
        case text(String)
        case tuple(Int)
        case list(Int)
        case dictionary(Int)
        case name(PickleName)
        case storage(Int)
        case tensor(Int)
    }

    /// A part of the file's numbers.
    struct StorageReference: Equatable {
        let key: String
        let type: NumberType
        let count: Int
    }

    /// A view of a storage.
    struct TensorReference: Equatable {
        let storage: Int
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    private(set) var cursor: ByteCursor
    private var stack: [Value] = []
    private var memo: [Int: Value] = [:]
    var lists: [[Value]] = []
    /// Items in the order in which they were added. Objects are dictionaries of their attributes.
    var dictionaries: [[(key: Value, value: Value)]] = []
    var storages: [StorageReference] = []
    var tensors: [TensorReference] = []
    /// Attributes that objects have taken over from dictionaries.
    var copied = 0

    init(_ cursor: ByteCursor) { self.cursor = cursor }

    /// Runs one pickle to its end.
    /// - Errors: `WeightError` with the offset of the opcode
    mutating func run() throws(WeightError) -> Value {
        let protocolStart = cursor.position
        guard try cursor.byte() == 0x80, 2...5 ~= (try cursor.byte()) else { throw WeightError("not a pickle of protocol 2 to 5", offset: protocolStart) }
        (stack, memo) = ([], [:])
        while true {
            let operation = try cursor.byte()
            if operation == UInt8(ascii: ".") { break }
            try execute(operation)
        }
        guard stack.count == 1, let result = stack.first, result != .mark else { throw failure("a pickle without exactly one result") }
        return result
    }

    func failure(_ reason: String) -> WeightError { WeightError(reason, offset: cursor.position) }

    private mutating func execute(_ operation: UInt8) throws(WeightError) {
        switch operation {
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: "}"): push(items: [])
        case UInt8(ascii: "]"): push(list: [])
        case UInt8(ascii: ")"): push(tuple: [])
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try cursor.number(4)))))
        case UInt8(ascii: "K"): stack.append(.integer(try cursor.number(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try cursor.number(2)))
        case 0x8A: try long()
        case UInt8(ascii: "G"): try real()
        case UInt8(ascii: "U"), 0x8C: try text(cursor.number(1))
        case UInt8(ascii: "T"), UInt8(ascii: "X"): try text(cursor.number(4))
        case 0x8D: try text(cursor.number(8))
        case 0x95: _ = try cursor.number(8)
        case UInt8(ascii: "q"): try remember(cursor.number(1))
        case UInt8(ascii: "r"): try remember(cursor.number(4))
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "h"): try recall(cursor.number(1))
        case UInt8(ascii: "j"): try recall(cursor.number(4))
        default: try build(operation)
        }
    }

    /// The opcodes that make values of values.
    private mutating func build(_ operation: UInt8) throws(WeightError) {
        switch operation {
        case 0x85: push(tuple: try pop(1))
        case 0x86: push(tuple: try pop(2))
        case 0x87: push(tuple: try pop(3))
        case UInt8(ascii: "t"): push(tuple: try popToMark())
        case UInt8(ascii: "a"): try append(pop(1))
        case UInt8(ascii: "e"): try append(popToMark())
        case UInt8(ascii: "s"): try setItems(pop(2))
        case UInt8(ascii: "u"): try setItems(popToMark())
        case UInt8(ascii: "c"): stack.append(.name(try name(module: line(), name: line())))
        case 0x93: try stackName()
        case UInt8(ascii: "Q"): try persistent()
        case UInt8(ascii: "R"): try call()
        case 0x81: try newObject()
        case UInt8(ascii: "b"): try setState()
        default: throw failure("the opcode 0x\(String(operation, radix: 16)) is not allowed in a file of weights")
        }
    }

    // MARK: The stack

    private mutating func push(tuple values: [Value]) {
        stack.append(.tuple(lists.count))
        lists.append(values)
    }

    private mutating func push(list values: [Value]) {
        stack.append(.list(lists.count))
        lists.append(values)
    }

    mutating func push(items: [(key: Value, value: Value)]) {
        stack.append(.dictionary(dictionaries.count))
        dictionaries.append(items)
    }

    mutating func push(_ value: Value) { stack.append(value) }

    mutating func pop() throws(WeightError) -> Value {
        guard let value = stack.popLast(), value != .mark else { throw failure("an operand is missing") }
        return value
    }

    private mutating func pop(_ count: Int) throws(WeightError) -> [Value] {
        var values: [Value] = []
        for _ in 0..<count { values.append(try pop()) }
        return values.reversed()
    }

    private mutating func popToMark() throws(WeightError) -> [Value] {
        guard let mark = stack.lastIndex(of: .mark) else { throw failure("a mark is missing") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func append(_ values: [Value]) throws(WeightError) {
        guard case .list(let index)? = stack.last else { throw failure("items for a value that is not a list") }
        lists[index] += values
    }

    private mutating func setItems(_ values: [Value]) throws(WeightError) {
        guard values.count % 2 == 0, case .dictionary(let index)? = stack.last else { throw failure("items for a value that is not a dictionary") }
        for start in stride(from: 0, to: values.count, by: 2) { dictionaries[index].append((values[start], values[start + 1])) }
    }

    private mutating func remember(_ place: Int) throws(WeightError) {
        guard let value = stack.last, value != .mark else { throw failure("an empty stack at a memo opcode") }
        memo[place] = value
    }

    private mutating func recall(_ place: Int) throws(WeightError) {
        guard let value = memo[place] else { throw failure("an undefined memo entry") }
        stack.append(value)
    }

    // MARK: Numbers and texts

    private mutating func long() throws(WeightError) {
        let bytes = try cursor.take(cursor.number(1))
        // The magic number of the older form has ten bytes; its value is checked by the reader of that form.
        guard bytes.count <= 8 else { return stack.append(.text(bytes.map { String($0, radix: 16) }.joined(separator: "."))) }
        let isNegative = (bytes.last ?? 0) >= 0x80
        let bits = bytes.reversed().reduce(isNegative ? ~UInt64(0) : 0) { $0 << 8 | UInt64($1) }
        stack.append(.integer(Int(Int64(bitPattern: bits))))
    }

    private mutating func real() throws(WeightError) {
        stack.append(.real(Double(bitPattern: try cursor.take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })))
    }

    private mutating func text(_ count: Int) throws(WeightError) {
        guard let text = String(validating: try cursor.take(count), as: UTF8.self) else { throw failure("a text that is not UTF-8") }
        stack.append(.text(text))
    }

    private mutating func line() throws(WeightError) -> String {
        var letters: [UInt8] = []
        while true {
            let letter = try cursor.byte()
            if letter == UInt8(ascii: "\n") { break }
            letters.append(letter)
            guard letters.count <= 200 else { throw failure("a name of more than 200 bytes") }
        }
        guard let line = String(validating: letters, as: UTF8.self) else { throw failure("a name that is not UTF-8") }
        return line
    }

    private mutating func stackName() throws(WeightError) {
        guard case .text(let last) = try pop(), case .text(let module) = try pop() else { throw failure("a name that is not a text") }
        stack.append(.name(try name(module: module, name: last)))
    }

    private func name(module: String, name: String) throws(WeightError) -> PickleName {
        guard let known = PickleName(module: module, name: name) else {
            throw failure("the name \("\(module).\(name)".prefix(100)) is not allowed in a file of weights")
        }
        return known
    }
}
