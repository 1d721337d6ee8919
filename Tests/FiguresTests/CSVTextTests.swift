import Testing

@testable import Figures

@Suite struct CSVTextTests {
    @Test func fieldsAreQuotedWhereNeeded() {
        var table = CSVText(columns: ["a", "b"])
        table.append(["x,y", "say \"no\""])
        table.append(["two\nlines", "-1.5"])
        #expect(table.text == "a,b\n\"x,y\",\"say \"\"no\"\"\"\n\"two\nlines\",-1.5\n")
    }

    @Test func formulasAreDefused() {
        var table = CSVText(columns: ["a"])
        table.append(["=1+1"])
        table.append(["-HYPERLINK()"])
        #expect(table.text == "a\n'=1+1\n'-HYPERLINK()\n")
    }
}
