using Baton.Cli.Demo.Operations;
using Xunit;

namespace Baton.Integration.Tests.Demo;

public sealed class OperationTotalsTests
{
    [Fact]
    public void One_failed_run_among_many_makes_the_operation_failed_with_its_reason()
    {
        var totals = new OperationTotals("migrate");
        totals.Add(new OperationOutcome("completed", null, 0.5, TimeSpan.FromSeconds(1)));
        totals.Add(new OperationOutcome("failed", "rolled back", 500, TimeSpan.FromSeconds(3)));
        totals.Add(new OperationOutcome("completed", null, 0.7, TimeSpan.FromSeconds(2)));

        Assert.Equal(("failed", "rolled back", 3), (totals.Status, totals.Reason, totals.Runs));
        Assert.Equal((500.0, TimeSpan.FromSeconds(3)), (totals.HoldMs, totals.Longest));
    }
}
