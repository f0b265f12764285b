namespace Baton.TestKit;
