using Baton.Cli.Demo.Model;
using Xunit;

namespace Baton.Integration.Tests.Demo.Model;

public sealed class SharedCounterModelTests
{
    private readonly FindingLog _log = new();
    private readonly SharedCounterModel _model;

    public SharedCounterModelTests() => _model = new SharedCounterModel("k", _log);

    [Fact]
    public void As_many_confirmations_as_the_value_says_are_no_finding()
    {
        Confirm(2, 1, 3);
        _model.Finish(3);

        Assert.Equal((0, 0), (_log.Lost, _log.Duplicated));
    }

    [Fact]
    public void Two_transactions_that_set_the_same_value_are_a_lost_update()
    {
        Confirm(1, 2, 2);
        _model.Finish(2);

        Assert.Equal((1, 0), (_log.Lost, _log.Duplicated));
    }

    [Fact]
    public void A_confirmed_transaction_that_is_not_in_the_database_is_lost()
    {
        Confirm(1, 2);
        _model.Finish(1);

        Assert.Equal((1, 0), (_log.Lost, _log.Duplicated));
    }

    [Fact]
    public void A_value_that_nobody_confirmed_is_duplicated_unless_an_answer_is_missing()
    {
        Confirm(1, 2);
        _model.Unknown();
        _model.Finish(4);

        Assert.Equal((0, 1), (_log.Lost, _log.Duplicated));
    }

    private void Confirm(params long[] values)
    {
        foreach (var value in values)
        {
            _model.Confirmed(value);
        }
    }
}
