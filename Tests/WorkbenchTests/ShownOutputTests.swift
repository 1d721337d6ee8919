import Canonical
import Testing

@testable import Results

/// What an output shows is read without the results behind it.
@Suite("Outputs without their results")
struct ShownOutputTests {
    @Test(arguments: [
        #"{"address":null,"basis":{"runs":[{"run":"a,b:c}]","x":[1,{"y":"\""}]}]},"html":"<p>\\\"basis\\\":{","z":[1,2]}"#, #"{"basis":1}"#, #"{"a":1,"basis":[]}"#, #"{"basis":{},"z":"é🙂"}"#,
        #"{"a":{"basis":1},"b":"\"basis\":2"}"#, "{}",
    ])
    func itIsTheWholeWithoutOneMember(text: String) throws {
        let whole = try #require(try JSONValue(parsing: text).objectValue)
        let left = try #require(CanonicalMembers.without("basis", in: Array(text.utf8)))
        #expect(try JSONValue(parsing: left) == .object(whole.filter { $0.key != "basis" }) && left == Array(JSONValue.object(whole.filter { $0.key != "basis" }).canonicalText.utf8))
    }

    @Test(arguments: ["", "[]", "{", #"{"a"}"#, #"{"a":}x"#, #"{"a":"b}"#, "{a:1,}}", #"{"a":1]}"#])
    func whatIsNoCanonicalObjectIsReadWhole(text: String) {
        let left = CanonicalMembers.without("basis", in: Array(text.utf8))
        #expect(left == nil || (try? JSONValue(parsing: left ?? [])) == nil)
    }
}
