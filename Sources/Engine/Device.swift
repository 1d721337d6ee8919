public import Graphs

/// Where plans run: memory of its own, and programs made of plans. Sessions and stores know no more of a device than this, models and the planner
/// nothing at all: a further device is one more implementation of these three protocols, held to the same results by `DeviceOperationTests`.
public protocol Device: AnyObject {
    /// What it is, for people.
    var name: String { get }

    /// Memory for so many floats, all of them zero.
    func allocate(_ count: Int) -> any DeviceMemory

    /// Memory with the same numbers that this device can use: the given one itself, where it can.
    func adopt(_ memory: any DeviceMemory) -> any DeviceMemory

    /// Makes a plan ready to be replayed. What stays the same from replay to replay is prepared here, once.
    /// - Parameter buffers: where each of the plan's buffers lies, in memory of this device
    /// - Parameter seed: of the run; the plan's random numbers derive from it
    func compile(_ plan: Plan, _ buffers: [DeviceBuffer], seed: UInt64) -> any CompiledPlan
}

/// A block of a device's memory.
public protocol DeviceMemory: AnyObject {
    /// Floats.
    var count: Int { get }
    /// Copies numbers in, from the first place on. - Precondition: there are at most `count`.
    func copyIn(_ values: Span<Float>)
    /// Copies the numbers of a range of places out.
    func copyOut(_ range: Range<Int>) -> [Float]
    /// Lets the host write the numbers, in place where the device's memory is the host's.
    func fill(_ body: (inout MutableSpan<Float>) -> Void)
}

/// Where one of a plan's buffers lies.
public struct DeviceBuffer {
    public let memory: any DeviceMemory
    /// Floats before it.
    public let offset: Int
    public let count: Int

    public init(memory: any DeviceMemory, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && offset + count <= memory.count, "a buffer of \(count) floats at \(offset) in \(memory.count)")
        (self.memory, self.offset, self.count) = (memory, offset, count)
    }
}

/// A plan that is ready to be replayed on a device, over buffers that stay where they are.
public protocol CompiledPlan: AnyObject {
    /// Computes the plan once and waits for it. Random numbers are those of `step`.
    /// - Parameter profile: the seconds that each kernel of the plan took are added to it, unless it is empty
    /// - Returns: the first index of a gather or scatter that named no row
    func run(step: UInt64, profile: inout [Double]) -> IndexFault?
}

extension DeviceMemory {
    /// All numbers.
    public var values: [Float] {
        get { copyOut(0..<count) }
        set {
            precondition(newValue.count == count, "\(newValue.count) values for \(count) places")
            copyIn(newValue.span)
        }
    }

    /// By way of the host's memory.
    public func fill(_ body: (inout MutableSpan<Float>) -> Void) {
        var staged = values
        var span = staged.mutableSpan
        body(&span)
        values = staged
    }
}

extension Device {
    public func adopt(_ memory: any DeviceMemory) -> any DeviceMemory {
        let own = allocate(memory.count)
        own.copyIn(memory.values.span)
        return own
    }
}
