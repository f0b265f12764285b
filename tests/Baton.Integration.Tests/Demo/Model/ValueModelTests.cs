using Baton.Cli.Demo.Model;
using Xunit;

namespace Baton.Integration.Tests.Demo.Model;

public sealed class ValueModelTests
{
    private readonly FindingLog _log = new();
    private readonly ValueModel _model;
    private readonly long _older;
    private readonly long _newer;

    public ValueModelTests()
    {
        _model = new ValueModel("w", count: 2, _log);
        _older = _model.NextVersion();
        _newer = _model.NextVersion();
        _model.Written(0, _older);
        _model.Written(0, _newer);
    }

    [Fact]
    public void The_last_acknowledged_version_is_no_finding()
    {
        _model.Read(0, _model.Value(0, _newer));
        _model.Read(1, null);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void An_older_version_is_lost()
    {
        _model.Read(0, _model.Value(0, _older));

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void A_missing_key_is_lost()
    {
        _model.Read(0, null);

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void Another_keys_value_is_a_swapped_reply()
    {
        _model.Read(0, _model.Value(1, _newer));

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 1);
    }

    [Fact]
    public void A_version_that_was_never_written_there_is_duplicated()
    {
        _model.Read(0, _model.Value(0, _newer + 1));

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    [Fact]
    public void A_write_without_an_answer_may_show_or_not_but_does_not_come_and_go()
    {
        var unknown = _model.NextVersion();
        _model.Unknown(0, unknown);
        _model.Read(0, _model.Value(0, _newer));
        _model.Read(0, _model.Value(0, unknown));
        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);

        _model.Read(0, _model.Value(0, _newer));
        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    private void AssertFindings(long lost, long duplicated, long outOfOrder) =>
        Assert.Equal((lost, duplicated, outOfOrder), (_log.Lost, _log.Duplicated, _log.OutOfOrder));
}
