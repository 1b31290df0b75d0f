Console.WriteLine("museum");
return 0;
