using Baton.Protocol.Commands;
using Baton.Server.Proxy.Commands;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class CommandRulesTests
{
    [Fact]
    public void Every_command_without_keys_has_a_rule_that_says_whom_it_is_about()
    {
        IEnumerable<string> without = CommandCatalog.All
            .Where(static entry => entry.Info.FirstKey == 0 && !entry.Info.Is(CommandFlags.MovableKeys) && entry.Handler == CommandEntry.Forward)
            .Select(static entry => entry.Info.Name);

        Assert.Empty(without);
    }

    [Fact]
    public void No_command_that_may_wait_is_sent_on_a_shared_way()
    {
        IEnumerable<string> shared = CommandCatalog.All
            .Where(static entry => TimeoutFinder.MayWait(entry.Info) && (entry.IsForwarded || entry.Handler == CommandEntry.Forward))
            .Select(static entry => entry.Info.Name);

        Assert.Empty(shared);
    }

    [Theory]
    [InlineData(CommandFlags.Blocking, 1, nameof(BlockingCommands.Block))]
    [InlineData(CommandFlags.Blocking, 0, nameof(BlockingCommands.Block))]
    [InlineData(CommandFlags.ReadOnly, 0, nameof(FanOutCommands.OneShard))]
    [InlineData(CommandFlags.MovableKeys, 0, nameof(FanOutCommands.OneShard))]
    public void A_modules_command_is_taken_at_its_own_word(CommandFlags flags, int firstKey, string handler)
    {
        CommandEntry entry = CommandCatalog.EngineOwn(new CommandInfo("MODULE.DO", -2, flags, firstKey, firstKey, 1));

        Assert.Equal(handler, entry.Handler.Method.Name);
        Assert.False(entry.IsForwarded);
    }

    [Fact]
    public void A_modules_command_with_keys_goes_to_their_shard() =>
        Assert.Same(CommandEntry.Forward, CommandCatalog.EngineOwn(new CommandInfo("MODULE.DO", -2, CommandFlags.Write, 1, 1, 1)).Handler);
}
