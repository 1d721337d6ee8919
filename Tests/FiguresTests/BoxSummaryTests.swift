import Testing

@testable import Figures

@Suite struct BoxSummaryTests {
    @Test func quartilesInterpolate() {
        let box = BoxSummary([4, 1, 3, 2])
        #expect(box?.lowerQuartile == 1.75)
        #expect(box?.median == 2.5)
        #expect(box?.upperQuartile == 3.25)
        #expect(box?.minimum == 1 && box?.maximum == 4)
    }

    @Test func oneAndNone() {
        #expect(BoxSummary([7])?.median == 7)
        #expect(BoxSummary([]) == nil)
    }
}
