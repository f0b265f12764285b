using Baton.Server.Control;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>The table of <see cref="StallRule"/>, at its boundaries. The limit is 10 s.</summary>
public sealed class StallRuleTests
{
    [Theory]
    //          unanswered answering wait  heard givenUp  only   busy   verdict
    [InlineData(0.0, 60.0, 0.0, 0.1, 0, false, false, "Leave")]
    [InlineData(0.0, 60.0, 9.9, 0.1, 0, false, false, "Leave")]
    [InlineData(0.0, 60.0, 10.0, 0.1, 0, false, false, "GiveUpConnections")]
    [InlineData(0.0, 60.0, 10.0, 99.0, 2, false, false, "GiveUpConnections")]
    [InlineData(0.0, 60.0, 10.0, 99.0, 3, false, false, "EndEngine")]
    [InlineData(0.0, 60.0, 10.0, 99.0, 3, true, false, "GiveUpConnections")]
    [InlineData(0.0, 60.0, 10.0, 99.0, 18, true, false, "EndEngine")]
    [InlineData(0.0, 4.9, 12.0, 99.0, 0, false, false, "Leave")] // a long command has just ended: its reply is on its way
    [InlineData(0.0, 5.0, 12.0, 99.0, 0, false, false, "GiveUpConnections")]
    [InlineData(0.0, 60.0, 999.0, 999.0, 9, false, true, "Leave")] // a script
    [InlineData(9.9, 0.0, 99.0, 99.0, 0, false, false, "Leave")]
    [InlineData(10.0, 0.0, 99.0, 99.0, 0, false, false, "EndEngine")]
    [InlineData(10.0, 0.0, 0.0, 9.9, 0, false, false, "Leave")] // clients are served
    [InlineData(10.0, 0.0, 99.0, 99.0, 0, true, false, "Leave")]
    [InlineData(60.0, 0.0, 99.0, 99.0, 0, true, false, "EndEngine")]
    public void Decides(
        double unanswered, double answering, double wait, double heard, int givenUp, bool onlyCopy, bool busy, string verdict)
    {
        StallSigns signs = new(
            TimeSpan.FromSeconds(10), busy, TimeSpan.FromSeconds(unanswered), TimeSpan.FromSeconds(answering), TimeSpan.FromSeconds(wait),
            TimeSpan.FromSeconds(heard), givenUp, onlyCopy);

        Assert.Equal(verdict, StallRule.Decide(signs, ControlLimits.Default).ToString());
        Assert.Equal(StallVerdict.Leave, StallRule.Decide(signs with { Limit = TimeSpan.Zero }, ControlLimits.Default));
    }
}
